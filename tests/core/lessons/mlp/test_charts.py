"""Figures of the MLP panels: the numbers they are given are the numbers they show."""

import numpy as np
import pytest

from core.charts.intervals import before_after_figure, digit_accuracy_figure
from core.lessons.mlp.charts import (
    derivative_figure,
    loss_along_figure,
    relative_gradients_figure,
    trained_and_initial_figure,
)


def test_the_step_and_its_tangent() -> None:
    x = np.linspace(-1, 1, 21)
    fig = loss_along_figure(x, x**2, before=(0.5, 0.25), after=(0.4, 0.16), slope=1.0)
    tangent = next(trace for trace in fig.data if trace.name == "tangent")
    rise = (tangent.y[-1] - tangent.y[0]) / (tangent.x[-1] - tangent.x[0])
    assert rise == pytest.approx(1.0)
    flat = loss_along_figure(x, np.ones(21), before=(0, 1), after=(0, 1), slope=0.0)
    low, high = flat.layout.yaxis.range
    assert low < 1 < high


def test_histograms_and_bars_show_what_they_are_given() -> None:
    fig = trained_and_initial_figure([0, 1, 2], [0.25, 0.75], [0.5, 0.5], x_title="weight")
    assert list(fig.data[0].y) == [0.25, 0.75]
    assert list(fig.data[1].y) == [0.5] * 4
    pair = before_after_figure([0.1] * 10, [0.2] * 10)
    assert [trace.name for trace in pair.data] == ["unchanged", "edited"]
    dots = digit_accuracy_figure([0.9] * 10, [(0.8, 0.95)] * 10, [100] * 10, 0.9)
    assert dots.data[3].error_y.arrayminus[0] == pytest.approx(0.1)
    perfect = digit_accuracy_figure([1.0] * 10, [(1.0, 1.0)] * 10, [5] * 10, 1.0)
    assert perfect.layout.yaxis.range[0] < 1


def test_the_derivative_figure_counts_every_value() -> None:
    values = np.random.default_rng(0).normal(0, 2, 5000)
    fig = derivative_figure(values, lambda at: np.exp(-(at**2)), name="derivative")
    assert fig.data[0].customdata.sum() == pytest.approx(1, abs=0.01)
    assert max(fig.data[0].y) == pytest.approx(1, abs=0.01)


def test_the_own_initialization_stands_out() -> None:
    fig = relative_gradients_figure(["a", "b", "c"], [0.1, 1.0, 10.0], own=1)
    first, own, last = fig.data[0].marker.color
    assert first == last != own
    assert list(fig.layout.yaxis.ticktext) == ["a", "<b>b</b>", "c"]
    assert fig.layout.xaxis.type == "log"
