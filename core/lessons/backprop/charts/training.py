"""Trainings that should be one and are compared: by hand and by autograd, with a bug and without."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.learning_curves import binned
from core.charts.palette import GRAY, GREEN, MODELS, VERMILLION
from core.charts.series import add_line
from core.charts.style import figure
from core.formatting import number
from core.storage.history import History

EPOCHS = "epochs (passes over the images)"


def overlaid_figure(
    by_hand: History, by_autograd: History, n_train: int, epochs: float, *, height: int = 290
) -> go.Figure:
    """Loss of every step of both runs: the one by hand broad and pale, autograd's thin on top of it."""
    lines = [binned(_passes(history, n_train).tolist(), history.loss) for history in (by_hand, by_autograd)]
    top = max((float(line.mean.max()) for line in lines if len(line.x)), default=2.4) * 1.05
    fig = figure(
        height=height,
        x_title=EPOCHS,
        y_title="loss (nats per image)",
        legend=True,
        x_range=(0, max(float(epochs), 0.01)),
        y_range=(0, top),
    )
    looks = (("by hand", "mlp-manual", 9.0, 0.5), ("autograd", "mlp-autograd", 1.6, 1.0))
    for line, (name, recipe, width, opacity) in zip(lines, looks, strict=True):
        add_line(
            fig,
            line.x,
            line.mean,
            name=name,
            color=MODELS[recipe],
            label=False,
            width=width,
            opacity=opacity,
            hover="%{y:.6f}",
        )
    return fig


def gap_figure(
    by_hand: History, size: ArrayLike, spacing: ArrayLike, n_train: int, epochs: float, *, height: int = 290
) -> go.Figure:
    """|difference of the losses| (S,) against passes, on a log axis, and as a dotted line `spacing` (S,).

    Of neighboring steps the largest is drawn; steps without any difference have no place on a log axis.
    """
    sizes, grain = np.asarray(size, dtype=float), np.asarray(spacing, dtype=float)
    x = _passes(by_hand, n_train)[: len(sizes)]
    line = binned(x.tolist(), [value if value > 0 else None for value in sizes.tolist()])
    seen = np.concatenate([line.high, grain[np.isfinite(grain)]])
    limits = (float(seen.min()) / 5, max(float(seen.max()) * 5, 1e-5)) if len(seen) else (1e-8, 1e-5)
    fig = figure(
        height=height,
        x_title=EPOCHS,
        y_title="|difference| (nats)",
        log_y=True,
        x_range=(0, max(float(epochs), 0.01)),
        y_range=limits,
    )
    fig.update_yaxes(dtick=max(1, round(np.log10(limits[1] / limits[0]) / 6)), title_standoff=18)
    ground = binned(x.tolist(), grain.tolist())
    add_line(fig, ground.x, ground.mean, name="spacing", color=GRAY, label=False, dash="dot", width=1.6)
    fig.add_scatter(
        x=line.x,
        y=line.high,
        name="difference",
        mode="markers" if len(line.x) < 60 else "lines",
        line={"color": VERMILLION, "width": 1.8},
        marker_size=5,
        text=[number(value) for value in line.high],
        hovertemplate=f"<b>difference</b> %{{text}}<br>{EPOCHS} %{{x:.4g}}<extra></extra>",
    )
    return fig


def parting_figure(difference: ArrayLike, change_at: int, *, height: int = 280) -> go.Figure:
    """Largest difference of two runs' weights after each step (S,), a line where the rate changes."""
    sizes = np.asarray(difference, dtype=float)
    shown = np.maximum(sizes, 1e-17)  # nothing at all, on an axis that has no zero
    steps = np.arange(1, len(sizes) + 1)
    fig = figure(
        height=height,
        x_title="step",
        y_title="largest |difference| of a weight",
        log_y=True,
        x_range=(0, len(sizes) + 1),
        y_range=(3e-18, max(1e-2, float(shown.max()) * 5)),
    )
    add_line(fig, steps, shown, name="difference", color=VERMILLION, label=False, hover="%{text}")
    if change_at < len(sizes):
        fig.add_vline(x=change_at + 0.5, line_dash="dot", line_width=1.6, line_color=GRAY)
        left = change_at > len(sizes) / 2
        fig.add_annotation(
            x=change_at + 0.5,
            yref="paper",
            y=0.98 if left else 0.04,
            text="η changes",
            showarrow=False,
            font_color=GRAY,
            xanchor="right" if left else "left",
            xshift=-6 if left else 6,
        )
    fig.update_yaxes(dtick=3, title_standoff=18)
    return fig


def _passes(history: History, n_train: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    passes: np.ndarray[tuple[int], np.dtype[np.float64]] = np.cumsum(
        np.asarray(history.examples_per_step, dtype=float)
    ) / max(1, n_train)
    return passes


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
