"""The rows about the app's start and its memory: a server starts, answers and is measured."""

from pathlib import Path

import pytest

from benchmarks.app_start import started
from benchmarks.memory import ROWS, visited
from benchmarks.server import EMPTY_APP, Server
from benchmarks.visitor import Visitor
from core.config.errors import LabError

pytestmark = pytest.mark.usefixtures("bundled_only")


def test_the_start_ends_when_all_of_home_is_there(tmp_path: Path) -> None:
    took = started(tmp_path)()
    assert 0 < took.extra["title_s"] < took.seconds


def test_memory_is_told_after_the_first_visitor_and_for_each_further_one(tmp_path: Path) -> None:
    took = visited(tmp_path, ["", "Runs"], 2)()
    assert took.seconds > 100, "PyTorch alone takes more megabytes"
    assert took.extra["sessions_2_mb"] == pytest.approx(took.seconds + took.extra["second_session_mb"])
    limit = ROWS["memory"].limit
    assert limit.key in took.extra


def test_a_page_that_is_not_there_or_a_server_that_is_not_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="did not start"), Server(tmp_path, tmp_path / "no.py") as server:
        server.wait()
    with Server(tmp_path, EMPTY_APP) as server, Visitor(server.wait().url) as visitor:
        assert visitor.open("two").elements == 3, "a heading and two links"
        with pytest.raises(LabError, match="no page"):
            visitor.open("Nowhere")
