"""The CNN page's training charts: what is drawn where, gaps and crosses included."""

import math

import numpy as np
import pytest

from core.lessons.cnn.charts.training import (
    POINTS,
    error_record_figure,
    errors_figure,
    layer_title,
    losses_figure,
    moved_figure,
    rate_curves_figure,
    spread_bands_figure,
)
from core.lessons.cnn.rate_sweep import Spread
from core.storage.history import History

COLORS = {"with": "#D55E00", "without": "#CC79A7"}


def traces(fig, name):
    return [trace for trace in fig.data if trace.name == name]


def test_the_record_draws_both_errors_on_axes_that_stand_still() -> None:
    rows = [
        {"step": 100, "epoch": 0.1, "train_error": 0.5, "validation_error": 0.4},
        {"step": 200, "epoch": 0.2, "train_error": 0.25, "validation_error": 0.0},
    ]
    fig = error_record_figure(rows, 1000)
    assert list(traces(fig, "training")[0].y) == [0.5, 0.25]
    assert list(traces(fig, "validation")[0].y) == [0.4]  # zero has no place on a log axis
    assert tuple(fig.layout.xaxis.range) == (0, 1000)
    assert error_record_figure(rows[:1], 1000).layout.yaxis.range == fig.layout.yaxis.range
    plain = error_record_figure(rows, 1000, log_y=False)
    assert list(traces(plain, "validation")[0].y) == [0.4, 0.0]
    nothing = [{"step": 10, "epoch": 0.1, "train_error": 0.5, "validation_error": None}]
    assert len(traces(error_record_figure(nothing, 50), "validation")[0].y) == 0


def test_bands_share_each_rows_axis_and_leave_gaps() -> None:
    rows = [{"step": 50 * i, "act1": [-1.0 - i, -0.5, 0.0, 0.5, 1.0 + i]} for i in range(300)]
    broken = [*rows[:2], {"step": 100, "act1": [None] * 5}]
    fig = spread_bands_figure({"with": rows, "without": broken}, COLORS, 15_000)
    medians = [trace for trace in fig.data if trace.customdata is not None]
    assert len(medians) == 2
    assert len(medians[0].x) <= POINTS + 1
    assert medians[0].x[-1] == 50 * 299
    assert math.isnan(medians[1].y[-1])
    assert fig.layout.yaxis.range == fig.layout.yaxis2.range
    low, high = fig.layout.yaxis.range
    assert low < -300
    assert high > 300
    assert all(np.isfinite(np.array(trace.y, dtype=float)).all() for trace in fig.data if trace.fill)
    assert spread_bands_figure({"with": [], "without": []}, COLORS, 0) is not None


@pytest.mark.parametrize(("name", "title"), [("act2", "conv 2"), ("fc1_act", "linear 1")])
def test_layers_have_names_for_people(name: str, title: str) -> None:
    assert layer_title(name) == title


def test_rates_have_a_band_a_mark_and_crosses() -> None:
    curves = {"with": {0.01: Spread(0.8, 0.7, 0.9, 3, 0), 0.1: Spread(0.4, 0.1, 0.7, 2, 1)}, "without": {}}
    fig = rate_curves_figure(curves, COLORS, (0.001, 0.3), marked=0.02)
    line = traces(fig, "with")[0]
    assert list(line.y) == [0.8, 0.4]
    band = next(trace for trace in fig.data if trace.fill == "toself")
    assert list(band.y) == [0.9, 0.7, 0.1, 0.7]
    cross = traces(fig, "with: diverged")[0]
    assert (list(cross.x), list(cross.y)) == ([0.1], [0.1])
    assert any(shape.x0 == 0.02 for shape in fig.layout.shapes)


def test_two_runs_are_drawn_in_their_own_colors() -> None:
    run = History(
        loss=[2.0, 1.0, None],
        lr=[0.1] * 3,
        examples_per_step=[50, 50, 50],
        epochs=[{"epoch": 0, "test_accuracy": 0.1}, {"epoch": 1, "test_accuracy": 1.0}],
    )
    histories = {"with": run, "without": History()}
    fig = losses_figure(histories, COLORS, 100, 2)
    assert list(traces(fig, "with")[0].y) == [2.0, 1.0]
    assert traces(fig, "with")[0].line.color == COLORS["with"]
    wrong = traces(errors_figure(histories, COLORS, 2), "with")[0]
    assert wrong.y[0] == pytest.approx(0.9)
    assert math.isnan(wrong.y[1])  # none wrong has no place on a log axis
    assert list(wrong.customdata) == [0.1, 1.0]


def test_how_far_layers_moved() -> None:
    fig = moved_figure([0, 1, 2], {"conv1": [0, 0.5, 0.7], "conv2": [0, 0.1, 0.2]}, now=1)
    assert [line.name for line in fig.data] == ["conv1", "conv2"]
    assert fig.layout.shapes[0].x0 == 1
    assert {mark.text for mark in fig.layout.annotations} == {"conv1", "conv2"}
