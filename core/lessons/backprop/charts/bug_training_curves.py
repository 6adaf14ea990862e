"""Learning with and without a mistake, on the same axes."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.charts.palette import GREEN, VERMILLION
from core.charts.style import add_line, figure

RIGHT, BUG = "right code", "with the bug"


@dataclass(frozen=True)
class Learning:
    """One run: x in images seen. loss: of each step's batch (None: no longer a number), of batch_size images.
    accuracy: test accuracy, a fraction, after `seen` images."""

    batch_size: int
    loss: Sequence[float | None]
    seen: Sequence[int]
    accuracy: Sequence[float]


def planted_loss_figure(right: Learning, bug: Learning, *, height: int = 280) -> go.Figure:
    """Loss of each step. The axis fits the right code: a loss that explodes leaves the chart at the top."""
    known = [loss for loss in right.loss if loss is not None]
    others = [loss for loss in bug.loss if loss is not None]
    top = max([2.4, *known, min(max(others, default=0.0), 2 * max([2.4, *known]))]) * 1.06
    fig = figure(
        height=height,
        x_title="images seen",
        y_title="loss (nats per image)",
        legend=True,
        x_range=(0, max(len(right.loss), 1) * right.batch_size),
        y_range=(0, top),
    )
    for name, run, color, dash in _lines(right, bug):
        loss = [float("nan") if value is None else value for value in run.loss]
        x = [step * run.batch_size for step in range(len(loss))]
        add_line(fig, x, loss, name=name, color=color, dash=dash, label=False, width=1.6)
    return fig


def planted_accuracy_figure(right: Learning, bug: Learning, *, height: int = 280) -> go.Figure:
    """Test accuracy on the way; where a run diverged its line ends."""
    fig = figure(
        height=height,
        x_title="images seen",
        y_title="test accuracy",
        legend=True,
        percent_y=True,
        x_range=(0, max(len(right.loss), 1) * right.batch_size),
        y_range=(0, 1.02),
    )
    for name, run, color, dash in _lines(right, bug):
        add_line(fig, run.seen, run.accuracy, name=name, color=color, dash=dash, label=False, hover="%{y:.2%}")
    return fig


def _lines(right: Learning, bug: Learning) -> tuple[tuple[str, Learning, str, str], ...]:
    return ((RIGHT, right, GREEN, "solid"), (BUG, bug, VERMILLION, "dash"))
