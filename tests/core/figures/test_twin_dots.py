"""Dots with their whole interval: nothing is cut off, every number stands where it belongs."""

import pytest

from core.figures.twin_bars import Twin
from core.figures.twin_dots import twin_dots_figure


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
