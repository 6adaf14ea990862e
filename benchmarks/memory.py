"""How much memory the server takes, and how much more for each visitor."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil  # type: ignore[import-untyped]

from benchmarks.measure import Limit, Row, Setup, Timed, Took
from benchmarks.server import Server
from benchmarks.visitor import Visitor
from pages.ui.kit.shell.lessons import lessons

SESSIONS = 10
MOST = 30.0  # megabytes that a second visitor may cost
HOME = ""
PAGES = [HOME, *(Path(lesson.file).stem.split("_", 1)[1] for lesson in lessons())]


def megabytes(server: Server) -> float:
    """What would be free again if the server ended: its unique set size, in millions of bytes."""
    return float(psutil.Process(server.pid).memory_full_info().uss) / 1e6


def visited(home: Path, pages: list[str], sessions: int) -> Timed:
    """A server in which so many visitors, all of whom stay, have opened those pages one after the other.

    Takes the megabytes after the first visitor; extra: after the second and after the last.
    """

    def run() -> Took:
        with Server(home) as server, ExitStack() as staying:
            server.wait()
            sizes = []
            for _ in range(sessions):
                visitor = staying.enter_context(Visitor(server.url))
                for page in pages:
                    visitor.open(page)
                sizes.append(megabytes(server))
            if sessions == 1:
                return Took(sizes[0])
            more = {
                f"sessions_{sessions}_mb": sizes[-1],
                "second_session_mb": sizes[1] - sizes[0],
                "further_session_mb": (sizes[-1] - sizes[0]) / (sessions - 1),
            }
            return Took(sizes[0], extra=more)

    return run


def _memory(setup: Setup) -> tuple[Timed, Timed]:
    home = Path(setup.opened.enter_context(TemporaryDirectory(prefix="digitlab-bench-")))
    return visited(home, PAGES, SESSIONS), visited(home, [HOME], 1)


ROWS: dict[str, Row] = {
    "memory": Row(
        f"the server's own memory after one visitor has opened every page; then {SESSIONS} visitors, all of "
        "whom stay; further_session_mb: what one of them adds",
        "the same server after one visitor has opened Home",
        None,
        _memory,
        unit="MB",
        limit=Limit("second_session_mb", MOST),
        quick=False,
        rounds=2,
    )
}
