"""Figures of the race on an image: what is drawn, where, and in which colors."""

import math

import numpy as np
import pytest

from core.charts.palette import DIVERGING
from core.lessons.race.charts.image_race import FLOOR, image_race_figure, photo, rates_figure, signed_picture

COLORS = {"SGD": "#D55E00", "Adam": "#4AAEE3"}


@pytest.mark.parametrize("log", [False, True])
def test_lines_marks_and_axes_that_stand_still(log: bool) -> None:
    losses = {"SGD": [4.0, 3.0, math.nan], "Adam": [4.0, 0.5, 0.0]}
    fig = image_race_figure(losses, COLORS, 50, log=log, top=8.0, reached={"Adam": 1})
    lines = {trace.name: trace for trace in fig.data if trace.showlegend is not False}
    assert lines["Adam"].line.color == COLORS["Adam"]
    assert lines["Adam"].y[2] == (FLOOR if log else 0)
    assert np.isnan(lines["SGD"].y[2])
    (mark,) = (trace for trace in fig.data if trace.showlegend is False)
    assert (mark.x[0], mark.y[0]) == (1, 0.5)
    assert fig.layout.xaxis.range[1] >= 50
    top = fig.layout.yaxis.range[1]
    assert (10**top if log else top) >= 8


def test_a_star_marks_the_best_rate() -> None:
    tried = {"SGD": {0.1: (2.0, 1.0), 1.0: (0.1, 5.0), 10.0: (math.inf, 9.0)}, "Adam": {0.1: (math.inf, 1.0)}}
    fig = rates_figure(tried, COLORS, (0.001, 100), shared=0.01)
    (line,) = fig.data
    assert line.name == "SGD"
    assert list(line.x) == [0.1, 1.0]
    assert list(line.marker.symbol) == ["circle", "star"]


def test_photos_are_enlarged_by_whole_factors_and_cut_off() -> None:
    gray = np.array([[[-1.0, 0.0], [0.5, 2.0]]])
    shown = photo(gray, size=9)
    assert shown.shape == (8, 8, 3)
    assert shown[0, 0].tolist() == [0, 0, 0]
    assert shown[-1, -1].tolist() == [255, 255, 255]
    assert shown[-1, 0].tolist() == [128, 128, 128]
    assert photo(np.zeros((3, 30, 20)), size=10).shape == (30, 20, 3)


def test_nothing_added_is_the_pale_middle() -> None:
    change = np.zeros((3, 2, 2))
    change[:, 0, 0], change[:, 0, 1] = 0.1, -0.1
    shown = signed_picture(change, 10, size=2)
    inks = [tuple(int(ink[i : i + 2], 16) for i in (1, 3, 5)) for _, ink in DIVERGING]
    assert tuple(shown[1, 0]) == inks[2]
    assert tuple(shown[0, 0]) == inks[4]
    assert tuple(shown[0, 1]) == inks[0]
