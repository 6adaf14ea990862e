"""Curves that evaluate: bands, names that do not hide one another."""

import numpy as np
import pytest

from core.charts.evaluation_curves import StrengthCurve, strength_curves_figure


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
