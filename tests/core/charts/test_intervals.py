"""Two accuracies a name, as bars and as dots: each with its interval and its number."""

from types import SimpleNamespace

import pytest

from core.charts.intervals import Accuracies, interval_columns, intervals, run_accuracies_figure


def test_two_bars_a_name_with_intervals_and_numbers() -> None:
    ours = Accuracies([0.5, 1.0], [(0.4, 0.6), (0.9, 1.0)], "#111111", "with")
    theirs = Accuracies([0.2, 0.0], [(0.1, 0.3), (0.0, 0.1)], "#222222", "without")
    fig = intervals(["short", "a name that is much too long for one line"], ours, theirs)
    first, second = fig.data
    assert list(first.x) == [0.5, 1.0]
    assert all(a < b for a, b in zip(first.y, second.y, strict=True)), "ours above"
    assert [round(y) for y in first.y] == [round(y) for y in second.y] == [0, 1]
    assert list(first.error_x.array) == [0.6 - 0.5, 0.0]
    assert [note.text for note in fig.layout.annotations] == ["50%", "100%", "20%", "0%"]
    assert fig.layout.yaxis.ticktext[1] == "a name that is much too<br>long for one line"
    assert fig.layout.yaxis.range[0] > fig.layout.yaxis.range[1], "first on top"


def test_every_interval_is_inside_the_chart() -> None:
    own = Accuracies([0.5, 1.0], [(0.2, 0.8), (0.7, 1.0)], "#111111", "mine")
    all_ = Accuracies([0.9, 0.95], [(0.89, 0.91), (0.94, 0.96)], "#222222", "all")
    fig = intervals(["a", "a long name of a recorded run · 12ab34cd"], own, all_, as_dots=True)
    low, high = fig.layout.xaxis.range
    assert 0 <= low < 0.2
    assert high > 1
    first, second = fig.data
    assert (first.name, list(first.x)) == ("mine", [0.5, 1.0])
    assert list(first.error_x.array) == pytest.approx([0.3, 0.0])
    assert list(first.error_x.arrayminus) == pytest.approx([0.3, 0.3])
    assert all(abs(a - b) == pytest.approx(0.36) for a, b in zip(first.y, second.y, strict=True))
    assert [note.text for note in fig.layout.annotations] == ["50%", "100%", "90%", "95%"]
    assert "<br>" in fig.layout.yaxis.ticktext[1]


def test_bars_carry_their_intervals() -> None:
    fig = intervals(["a", "b"], Accuracies([0.5, 0.1], [(0.4, 0.7), (0.05, 0.2)], ["#111111", "#222222"]))
    assert list(fig.data[0].error_x.array) == pytest.approx([0.2, 0.1])
    assert list(fig.data[0].error_x.arrayminus) == pytest.approx([0.1, 0.05])
    assert [note.text for note in fig.layout.annotations] == ["<b>50.0%</b>", "<b>10.0%</b>"]


def test_columns_keep_their_intervals_in_view() -> None:
    common = {"x_title": "channel", "whole": 0.95, "hover": "%{customdata[0]}", "customdata": [("a",), ("b",)]}
    fig = interval_columns([0.2, 0.9], [(0.15, 0.26), (0.85, 0.93)], "#111111", **common, whole_name="all")
    assert fig.layout.yaxis.range[0] < 0.15
    assert list(fig.data[0].error_y.array) == pytest.approx([0.06, 0.03])
    assert list(fig.data[0].error_y.arrayminus) == pytest.approx([0.05, 0.05])
    assert [list(data) for data in fig.data[0].customdata] == [["a", "15.00% to 26.00%"], ["b", "85.00% to 93.00%"]]
    assert fig.layout.shapes[0].y0 == 0.95
    assert fig.layout.annotations[0].text == "all<br>95.0%"
    each = interval_columns([0.2, 0.9], [(0.15, 0.26), (0.85, 0.93)], ["#111111", "#222222"], **common, places=[3, 4])
    assert [list(trace.x) for trace in each.data] == [[3], [4]]
    assert each.data[1].error_y.color == "#222222"


def test_names_inside_stand_above_their_dots() -> None:
    run = SimpleNamespace(test_accuracy=0.9, ci_low=0.88, ci_high=0.92)
    unknown = SimpleNamespace(test_accuracy=None, ci_low=None, ci_high=None)
    fig = run_accuracies_figure([("one", "#111111", run), ("none yet", "#222222", unknown)])
    assert list(fig.data[0].x) == [0.9]
    assert [note.text for note in fig.layout.annotations] == ["<b>90.0%</b>  one"]
    assert not fig.layout.yaxis.visible
