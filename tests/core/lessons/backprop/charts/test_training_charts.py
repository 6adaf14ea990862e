"""Charts of the manual lesson's training tabs: what was given is what is drawn."""

from dataclasses import dataclass

import numpy as np
import pytest

from core.charts.intervals import interval_bars_figure
from core.charts.palette import MODELS
from core.lessons.backprop.charts.gradients import banded_figure
from core.lessons.backprop.charts.training import gap_figure, overlaid_figure, parting_figure
from core.storage.history import History


@dataclass(frozen=True)
class Values:
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def history(losses: list[float]) -> History:
    found = History()
    for loss in losses:
        found.add_step(loss, 0.1, 10)
    return found


def test_bands_reach_from_the_lowest_to_the_highest() -> None:
    bands = {"a": Values((1.0, 10.0), (0.5, 5.0), (2.0, 20.0)), "b": Values((3.0, 4.0), (3.0, 4.0), (3.0, 4.0))}
    fig = banded_figure([1, 256], bands, {"a": "#112233", "b": "#445566"}, x_title="x", y_title="y", log_x=True)
    band, line = fig.data[0], fig.data[1]
    assert list(band.y) == [2.0, 20.0, 5.0, 0.5]
    assert list(line.y) == [1.0, 10.0]
    assert line.line.color == "#112233"
    assert (fig.layout.xaxis.type, fig.layout.yaxis.type) == ("log", "log")
    assert list(fig.layout.xaxis.ticktext) == ["1", "256"]


def test_what_a_log_axis_cannot_hold_is_a_gap() -> None:
    nan = float("nan")
    bands = {"a": Values((nan, 0.0, 3.0), (nan, 0.0, 3.0), (nan, 0.0, 3.0))}
    fig = banded_figure([1, 2, 3], bands, {"a": "#112233"}, x_title="x", y_title="y")
    assert np.isnan(fig.data[0].y[:2]).all()
    assert fig.data[0].y[2] == 3.0


def test_a_wide_axis_keeps_few_marks() -> None:
    bands = {"a": Values((1e-30, 1.0), (1e-30, 1.0), (1e-30, 1.0))}
    fig = banded_figure([1, 2], bands, {"a": "#112233"}, x_title="x", y_title="y")
    assert fig.layout.yaxis.dtick == 4


def test_both_losses_stand_on_the_same_axes() -> None:
    ours, theirs = history([2.0, 1.0, 0.5]), history([2.0, 1.0, 0.5])
    fig = overlaid_figure(ours, theirs, 30, 1)
    assert [trace.name for trace in fig.data] == ["by hand", "autograd"]
    assert [trace.line.color for trace in fig.data] == [MODELS["mlp-manual"], MODELS["mlp-autograd"]]
    assert fig.data[0].line.width > 3 * fig.data[1].line.width
    assert list(fig.data[0].x) == pytest.approx([1 / 3, 2 / 3, 1.0])
    assert list(fig.data[0].y) == list(fig.data[1].y) == [2.0, 1.0, 0.5]
    assert overlaid_figure(History(), History(), 30, 1).layout.xaxis.range == (0, 1)


def test_the_gap_leaves_out_what_is_equal() -> None:
    run = history([2.0, 1.0, 0.5])
    fig = gap_figure(run, [0.0, 1e-6, 3e-7], [1e-7, 1e-7, 1e-8], 30, 1)
    ground, line = fig.data
    assert list(ground.y) == pytest.approx([1e-7, 1e-7, 1e-8])
    assert list(line.y) == pytest.approx([1e-6, 3e-7])
    low, high = fig.layout.yaxis.range
    assert 10**low < 1e-8
    assert 10**high > 1e-6
    assert len(gap_figure(History(), [], [], 30, 1).data[1].x) == 0


@pytest.mark.parametrize(("change_at", "lines"), [(2, 1), (3, 1), (4, 0)])
def test_the_parting_marks_the_change(change_at: int, lines: int) -> None:
    fig = parting_figure([0.0, 1e-16, 1e-3, 1e-2], change_at)
    assert list(fig.data[0].y) == pytest.approx([1e-17, 1e-16, 1e-3, 1e-2])
    assert len(fig.layout.shapes) == len(fig.layout.annotations) == lines


def test_bars_carry_their_intervals() -> None:
    fig = interval_bars_figure(["a", "b"], [0.5, 0.1], [(0.4, 0.7), (0.05, 0.2)], ["#111111", "#222222"])
    assert list(fig.data[0].error_x.array) == pytest.approx([0.2, 0.1])
    assert list(fig.data[0].error_x.arrayminus) == pytest.approx([0.1, 0.05])
    assert [note.text for note in fig.layout.annotations] == ["<b>50.0%</b>", "<b>10.0%</b>"]
