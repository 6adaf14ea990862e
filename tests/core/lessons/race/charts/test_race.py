"""The figures of a race: names that do not collide, bands, crosses, stars."""

from dataclasses import dataclass

import numpy as np

from core.charts.palette import optimizer_color
from core.lessons.race.charts.race import Look, race_figure, rate_bests_figure
from core.lessons.race.race_lines import Line


def line(*values: float, seeds: int = 1, smooth: float = 0.0) -> Line:
    y = np.array(values)
    return Line(np.arange(1.0, len(y) + 1), y + smooth, y - 0.1, y + 0.1, y, seeds)


LOOKS = {"SGD": Look.of("sgd"), "SGD 2": Look.of("sgd", 1), "Adam": Look.of("adam")}
COMMON = {"x_title": "steps", "y_title": "loss", "x_end": 10.0, "y_range": (0.0, 2.5)}


def test_one_color_an_optimizer_and_a_dash_a_lane() -> None:
    fig = race_figure({"SGD": line(2, 1), "SGD 2": line(2, 1.5), "Adam": line(2, 0.5)}, LOOKS, **COMMON)
    named = {trace.name: trace for trace in fig.data}
    assert named["SGD"].line.color == named["SGD 2"].line.color == optimizer_color("sgd")
    assert (named["SGD"].line.dash, named["SGD 2"].line.dash) == ("solid", "dash")
    assert [note.text for note in fig.layout.annotations] == ["Adam", "SGD", "SGD 2"], "by height"
    assert list(fig.layout.xaxis.range) == [0, 10]
    assert list(fig.layout.yaxis.range) == [0, 2.5]


def test_band_raw_line_cross_and_target() -> None:
    plain = race_figure({"SGD": line(2, 1)}, LOOKS, **COMMON)
    assert len(plain.data) == 1
    full = race_figure({"SGD": line(2, 1, seeds=3, smooth=0.05)}, LOOKS, **COMMON, target=0.9, fallen=["SGD"])
    assert [trace.fill for trace in full.data] == ["toself", None, None, None]
    assert full.data[1].opacity == 0.3
    assert full.data[3].marker.symbol == "x"
    assert full.layout.shapes[0].y0 == 0.9
    assert not race_figure({"SGD": line()}, LOOKS, **COMMON).data


@dataclass
class Score:
    mean: float | None
    low: float | None = None
    high: float | None = None
    runs: int = 1
    diverged: int = 0


def test_the_best_has_a_star_and_what_diverged_a_cross_at_the_bottom() -> None:
    curves = {
        "SGD": {0.1: Score(0.8, 0.7, 0.9, 2), 1.0: Score(0.9, 0.9, 0.9, 2), 10.0: Score(None, runs=2, diverged=2)}
    }
    fig = rate_bests_figure(curves, LOOKS, {"SGD": 1.0}, (0.1, 10.0))
    traces = {trace.name: trace for trace in fig.data if trace.name}
    assert list(traces["SGD"].x) == [0.1, 1.0]
    assert list(traces["SGD, best"].x) == [1.0]
    assert list(traces["SGD, best"].y) == [0.9]
    assert list(traces["SGD, diverged"].x) == [10.0]
    assert traces["SGD, diverged"].y[0] < 0.05
    assert traces["SGD, diverged"].customdata[0] == [2, 2] or list(traces["SGD, diverged"].customdata[0]) == [2, 2]
