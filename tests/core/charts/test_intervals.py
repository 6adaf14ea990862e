"""Two accuracies a name, as bars and as dots: each with its interval and its number."""

import pytest

from core.charts.intervals import Twin, twin_bars_figure, twin_dots_figure


def test_two_bars_a_name_with_intervals_and_numbers() -> None:
    ours = Twin("with", "#111111", [0.5, 1.0], [(0.4, 0.6), (0.9, 1.0)])
    theirs = Twin("without", "#222222", [0.2, 0.0], [(0.1, 0.3), (0.0, 0.1)])
    fig = twin_bars_figure(["short", "a name that is much too long for one line"], [ours, theirs])
    first, second = fig.data
    assert list(first.x) == [0.5, 1.0]
    assert all(a < b for a, b in zip(first.y, second.y, strict=True)), "ours above"
    assert [round(y) for y in first.y] == [round(y) for y in second.y] == [0, 1]
    assert list(first.error_x.array) == [0.6 - 0.5, 0.0]
    assert [note.text for note in fig.layout.annotations] == ["50%", "100%", "20%", "0%"]
    assert fig.layout.yaxis.ticktext[1] == "a name that is much too<br>long for one line"
    assert fig.layout.yaxis.range[0] > fig.layout.yaxis.range[1], "first on top"


def test_every_interval_is_inside_the_chart() -> None:
    own = Twin("mine", "#111111", [0.5, 1.0], [(0.2, 0.8), (0.7, 1.0)])
    all_ = Twin("all", "#222222", [0.9, 0.95], [(0.89, 0.91), (0.94, 0.96)])
    fig = twin_dots_figure(["a", "a long name of a recorded run · 12ab34cd"], [own, all_])
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
