"""The real server, as a person starts it, on a free port and with a home of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


class Server:
    """A running Digit Lab. `url` is where, `home` its DIGITLAB_HOME, `log` all that it printed.

    Use it as a context manager, or call `stop()`. `kill()` is a power cut: no goodbye. To start again in the
    same home, make another Server with it.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.url = f"http://127.0.0.1:{_free_port()}"
        self._log = home / "server.log"
        environment = {**os.environ, "DIGITLAB_HOME": str(home), "OMP_NUM_THREADS": "1"}
        environment.pop("MNIST_ROOT", None)  # the bundled digits: what a newcomer sees, and quick
        port = self.url.rsplit(":", 1)[1]
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        options = ["--server.port", port, "--server.headless", "true"]
        with self._log.open("ab") as sink:
            self._process = subprocess.Popen(
                [*command, *options], cwd=PROJECT, env=environment, stdout=sink, stderr=subprocess.STDOUT
            )
        self._wait()

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def _wait(self, limit: float = 60.0) -> None:
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        self.kill()
        raise RuntimeError(f"The server did not start. It said:\n{self.log}")

    def end(self, limit: float = 60.0) -> int:
        """Ask it to end, as a service manager does, and wait; returns its exit status."""
        self._process.terminate()
        return self._process.wait(limit)

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
