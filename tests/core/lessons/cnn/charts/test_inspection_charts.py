"""Figures of the tabs Robustness and Confidence: what they draw, and that nothing hides anything."""

from itertools import pairwise

import numpy as np
import pytest

from core.charts.intervals import before_after_figure
from core.charts.palette import DIVERGING, SEQUENTIAL
from core.charts.series import StrengthCurve, spread, strength_curves_figure
from core.lessons.cnn.charts.accuracy import layer_changes_figure, reliability_figure, written
from core.lessons.cnn.charts.maps import map_strip


def rgb(ink: str) -> list[int]:
    return [int(ink[i : i + 2], 16) for i in (1, 3, 5)]


def test_a_strip_of_maps_is_sharp_and_on_one_scale() -> None:
    maps = np.zeros((3, 2, 2))
    maps[0, 0, 0], maps[1, 1, 1], maps[2, 0, 1] = 2.0, -2.0, np.nan
    sheet = map_strip(maps, tops=2.0, signed=True, columns=2, width=40)
    factor = 10
    assert sheet.dtype == np.uint8
    assert sheet[0, 0].tolist() == [*rgb(DIVERGING[-1][1]), 255]
    assert (sheet[:factor, :factor] == sheet[0, 0]).all()
    left = 2 * factor + max(2, factor * 2 // 12)
    assert sheet[factor, left + factor].tolist() == [*rgb(DIVERGING[0][1]), 255]
    up = 2 * factor + max(2, factor * 2 // 12)
    assert sheet[up, factor, 3] == 0, "no number, no ink"
    assert sheet[0, 2 * factor, 3] == 0, "gaps are see-through"


def test_each_map_may_have_a_scale_of_its_own() -> None:
    maps = np.stack([np.full((1, 1), 1.0), np.full((1, 1), 4.0), np.zeros((1, 1))])
    sheet = map_strip(maps, tops=[1.0, 4.0, 0.0], signed=False, columns=3, width=30)
    assert sheet[0, 0].tolist() == [*rgb(SEQUENTIAL[-1][1]), 255]
    assert sheet[0, 12].tolist() == [*rgb(SEQUENTIAL[-1][1]), 255]
    assert sheet[0, -1].tolist() == [*rgb(SEQUENTIAL[0][1]), 255]


@pytest.mark.parametrize("count", [1, 5, 16, 256])
@pytest.mark.parametrize("side", [1, 7, 28, 60])
def test_strips_of_every_size(count: int, side: int) -> None:
    sheet = map_strip(np.ones((count, side, side)), tops=1.0, signed=False)
    assert sheet.shape[2] == 4
    assert max(sheet.shape[:2]) < 12_000


def test_changes_as_bars() -> None:
    fig = layer_changes_figure(["conv1", "pool1", "conv2"], [1.2, 0.5, float("inf")], [0.0, None, 0.3])
    place, back = fig.data
    assert list(place.x) == [1.2, 0.5, None]
    assert list(back.x) == [0.0, None, 0.3]
    assert list(back.text) == ["0%", "", "30%"]
    assert fig.layout.xaxis.range[1] > 1.2
    assert len(layer_changes_figure(["a"], [0.0]).data) == 1


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0%"), (3e-7, "0%"), (2e-4, "0.02%"), (0.012, "1.2%"), (1.187, "119%"), (float("inf"), "∞")],
)
def test_changes_in_words(value: float, words: str) -> None:
    assert written(value) == words


def curve(name: str, end: float, main: bool = False) -> StrengthCurve:
    accuracy = [0.9, end]
    low, high = [a - 0.02 for a in accuracy], [a + 0.02 for a in accuracy]
    return StrengthCurve(name, [0, 1], accuracy, low, high, "#1A83C4", main=main)


def test_curves_with_bands_and_names_apart() -> None:
    curves = [curve("one", 0.5), curve("two", 0.5, main=True), curve("three", 0.51)]
    empty = StrengthCurve("none yet", [], [], [], [], "#009E73")
    fig = strength_curves_figure([*curves, empty], x_title="shift (pixels)", x_range=(-1, 1), marked=1)
    lines = {trace.name: trace for trace in fig.data if trace.mode == "lines+markers"}
    assert list(lines["two"].y) == [0.9, 0.5]
    assert lines["two"].line.width > lines["one"].line.width
    bands = [trace for trace in fig.data if trace.fill == "toself"]
    assert list(bands[0].y) == pytest.approx([0.92, 0.52, 0.48, 0.88])
    names = list(fig.layout.annotations)
    assert len(names) == 3
    heights = sorted(note.y for note in names)
    assert min(np.diff(heights)) > 0.04
    assert strength_curves_figure([empty], x_title="x", x_range=(0, 1), marked=0) is not None


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


def test_reliability_leaves_empty_bins_empty() -> None:
    nan = float("nan")
    fig = reliability_figure([nan, 0.4, 0.95], [(0, 1), (0.2, 0.6), (0.9, 1.0)], [nan, 0.5, 0.97], [0, 5, 40])
    right = next(trace for trace in fig.data if trace.name == "right")
    assert list(right.x) == [0.5, 0.97]
    assert list(right.y) == [0.4, 0.95]
    assert list(right.error_y.array) == pytest.approx([0.2, 0.05])
    gap = next(trace for trace in fig.data if trace.name == "gap")
    assert list(gap.y[:2]) == [0.4, 0.5]
    answers = next(trace for trace in fig.data if trace.name == "answers")
    assert list(answers.y) == [None, 5, 40]
    assert answers.yaxis == "y2"


def test_the_names_of_before_and_after() -> None:
    fig = before_after_figure([0.1] * 10, [0.1] * 10, names=("before", "after"))
    assert [trace.name for trace in fig.data] == ["before", "after"]
