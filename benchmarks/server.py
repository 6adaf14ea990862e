"""A Streamlit server in a process of its own: Digit Lab as a person starts it, or the empty app beside it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from core.config.errors import LabError
from core.storage.paths import PROJECT

EMPTY_APP = PROJECT / "benchmarks" / "empty_app" / "app.py"
LIMIT = 120.0  # seconds to wait for a server


class Server:
    """A running server. `url` is where, `pid` its process, `began` when it was started (time.perf_counter).

    app: the script. home: its DIGITLAB_HOME. settings: more environment variables. It is started from the
    project's folder, so that both apps run with the same .streamlit/config.toml. Use it as a context manager.
    """

    def __init__(self, home: Path, app: Path = PROJECT / "app.py", **settings: str) -> None:
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._log = home / f"server-{port}.log"
        environment = {**os.environ, "DIGITLAB_HOME": str(home), **settings}
        command = [sys.executable, "-m", "streamlit", "run", str(app)]
        options = ["--server.port", str(port), "--server.headless", "true"]
        with self._log.open("wb") as sink:
            self.began = time.perf_counter()
            self._process = subprocess.Popen(
                [*command, *options], cwd=PROJECT, env=environment, stdout=sink, stderr=subprocess.STDOUT
            )
        self.pid = self._process.pid

    def wait(self) -> "Server":
        """Until it answers. Raises LabError with what it printed if it does not."""
        while time.perf_counter() < self.began + LIMIT and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return self
            except OSError:
                time.sleep(0.02)
        raise LabError(f"The server did not start. It said: {self._log.read_text(errors='replace')[-2000:]}")

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
