"""From an empty terminal to Home: how long the app takes to start, beside the imports that it needs."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, Setup, Timed, Took
from benchmarks.measure import timed as by_the_clock
from benchmarks.server import Server
from benchmarks.visitor import Visitor


def started(home: Path) -> Timed:
    """A server that starts and answers its first visitor, with `home` as its DIGITLAB_HOME."""

    def run() -> Took:
        with Server(home) as server, Visitor(server.wait().url) as visitor:
            answer = visitor.open()
            return Took(answer.end - server.began, extra={"title_s": answer.title - server.began})

    return run


def _imports() -> None:
    subprocess.run([sys.executable, "-c", "import torch, streamlit"], check=True)


def _start(setup: Setup) -> tuple[Timed, Timed]:
    home = setup.opened.enter_context(TemporaryDirectory(prefix="digitlab-bench-"))
    return started(Path(home)), by_the_clock(_imports)


ROWS: dict[str, Row] = {
    "start": Row(
        "`streamlit run app.py`: from the start of the process until the whole of Home has been sent to its "
        "first visitor, the reading of a digit and nine computed pictures included; title_s: until its title",
        "a process that does nothing but `import torch, streamlit`",
        0.75,
        _start,
        quick=False,
    )
}
