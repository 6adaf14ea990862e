"""Lines with names at their ends: apart, in order, where the lines end."""

from itertools import pairwise

import numpy as np
import pytest

from core.charts.series import decades, end_labels, line, series, spread


@pytest.mark.parametrize(
    "wanted", [[], [0.5], [0.5, 0.5, 0.5], [0.0, 0.0, 0.01, 0.9], [0.98, 0.99, 1.0, 1.0], [0.1, 0.9]]
)
def test_spread_keeps_order_and_distance(wanted: list[float]) -> None:
    found = spread(wanted, 0.05)
    assert len(found) == len(wanted)
    assert all(b - a >= 0.05 - 1e-9 for a, b in pairwise(found))
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in found)
    if wanted == [0.1, 0.9]:
        assert found == pytest.approx(wanted), "what is apart stays where it is"


def test_spread_of_more_names_than_there_is_room_for() -> None:
    assert spread([0.5] * 11, 0.2) == pytest.approx([k / 10 for k in range(11)])


@pytest.mark.parametrize(("limits", "log"), [((0.0, 1.0), False), ((1e-4, 10.0), True)])
def test_names_stand_at_the_ends_of_their_lines(limits: tuple[float, float], log: bool) -> None:
    notes = end_labels([("high", 0.9, "#111111"), ("low", 0.1, "#222222")], 300, limits=limits, log=log, x=7)
    assert [note["text"] for note in notes] == ["low", "high"]
    assert [note["y"] for note in notes] == pytest.approx(np.log10([0.1, 0.9]) if log else [0.1, 0.9])
    assert {note["x"] for note in notes} == {7}


def test_an_end_beyond_the_axis_is_named_at_its_edge() -> None:
    (note,) = end_labels([("diverged", 1e9, "#111111")], 300)
    assert note["y"] == 1.0


def test_decades_are_written_out() -> None:
    assert decades(0.005, 0.2, (1, 2, 5)) == {
        0.005: "0.005",
        0.01: "0.01",
        0.02: "0.02",
        0.05: "0.05",
        0.1: "0.1",
        0.2: "0.2",
    }


def test_a_single_point_is_a_dot_and_small_numbers_are_written_for_people() -> None:
    fig = series([line([1], [1e-5], "loss", "#111111", hover="%{text}")], x_title="step", log_y=True)
    assert fig.data[0].mode == "markers"
    assert list(fig.data[0].text) == ["10⁻⁵"]
    assert fig.layout.yaxis.type == "log"
