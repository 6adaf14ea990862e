"""Trainings beside each other: what was given is what is drawn."""

import numpy as np
import pytest

from core.charts.palette import BLUE, SKY
from core.lessons.backprop.charts.training import (
    Learning,
    gap_figure,
    overlaid_figure,
    parting_figure,
    planted_accuracy_figure,
    planted_loss_figure,
)
from core.storage.history import History


def history(losses: list[float]) -> History:
    found = History()
    for loss in losses:
        found.add_step(loss, 0.1, 10)
    return found


def test_both_losses_stand_on_the_same_axes() -> None:
    ours, theirs = history([2.0, 1.0, 0.5]), history([2.0, 1.0, 0.5])
    fig = overlaid_figure(ours, theirs, 30, 1)
    assert [trace.name for trace in fig.data] == ["by hand", "autograd"]
    assert [trace.line.color for trace in fig.data] == [SKY, BLUE]
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


def test_a_loss_that_explodes_leaves_the_chart_and_a_dead_one_ends() -> None:
    right = Learning(64, [2.3, 2.0, 1.5], (0, 192), (0.1, 0.7))
    bug = Learning(64, [2.3, 1e30, None], (0, 64), (0.1, 0.2))
    fig = planted_loss_figure(right, bug)
    assert fig.layout.yaxis.range[1] < 10
    curves = {trace.name: trace for trace in fig.data}
    assert list(curves["correct code"].x) == [0, 64, 128]
    assert np.isnan(curves["with the bug"].y[2])
    assert planted_accuracy_figure(right, bug).data[1].y[-1] == 0.2
    assert planted_loss_figure(right, right).layout.xaxis.range == fig.layout.xaxis.range
