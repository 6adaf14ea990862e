"""Trainings that should be one and are compared: by hand and by autograd, with a bug and without."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.learning_curves import EPOCHS, binned, passes
from core.charts.palette import BLUE, GRAY, GREEN, SKY, VERMILLION
from core.charts.series import line, series, upright
from core.charts.style import note
from core.storage.history import History


def overlaid_figure(
    by_hand: History, by_autograd: History, n_train: int, epochs: float, *, height: int = 290
) -> go.Figure:
    """Loss of every step of both runs: the one by hand broad and pale, autograd's thin on top of it."""
    lines = [binned(passes(history, n_train).tolist(), history.loss) for history in (by_hand, by_autograd)]
    looks = (("by hand", SKY, 9.0, 0.5), ("autograd", BLUE, 1.6, 1.0))
    return series(
        [
            line(loss.x, loss.mean, name, color, width=width, opacity=opacity, hover="%{y:.6f}")
            for loss, (name, color, width, opacity) in zip(lines, looks, strict=True)
        ],
        height=height,
        x_title=EPOCHS,
        y_title="loss (nats per image)",
        legend=True,
        x_range=(0, max(float(epochs), 0.01)),
        y_range=(0, 1.05 * max((float(loss.mean.max()) for loss in lines if len(loss.x)), default=2.4)),
    )


def gap_figure(
    by_hand: History, size: ArrayLike, spacing: ArrayLike, n_train: int, epochs: float, *, height: int = 290
) -> go.Figure:
    """|difference of the losses| (S,) against passes, on a log axis, and as a dotted line `spacing` (S,).

    Of neighboring steps the largest is drawn; steps without any difference have no place on a log axis.
    """
    sizes, grain = np.asarray(size, dtype=float), np.asarray(spacing, dtype=float)
    x = passes(by_hand, n_train)[: len(sizes)].tolist()
    gaps = binned(x, [value if value > 0 else None for value in sizes.tolist()])
    ground = binned(x, grain.tolist())
    seen = np.concatenate([gaps.high, grain[np.isfinite(grain)]])
    limits = (float(seen.min()) / 5, max(float(seen.max()) * 5, 1e-5)) if len(seen) else (1e-8, 1e-5)
    mode = "markers" if len(gaps.x) < 60 else "lines"
    return series(
        [
            line(ground.x, ground.mean, "spacing", GRAY, dash="dot", width=1.6),
            line(gaps.x, gaps.high, "difference", VERMILLION, width=1.8, size=5, mode=mode, hover="%{text}"),
        ],
        height=height,
        x_title=EPOCHS,
        y_title="|difference| (nats)",
        log_y=True,
        x_range=(0, max(float(epochs), 0.01)),
        y_range=limits,
        y_axis={"dtick": max(1, round(np.log10(limits[1] / limits[0]) / 6))},
    )


def parting_figure(difference: ArrayLike, change_at: int, *, height: int = 280) -> go.Figure:
    """Largest difference of two runs' weights after each step (S,), a line where the rate changes."""
    sizes = np.maximum(np.asarray(difference, dtype=float), 1e-17)  # nothing at all, on an axis that has no zero
    marks = []
    if change_at < len(sizes):
        at, late = change_at + 0.5, change_at > len(sizes) / 2
        side = ("right", -6) if late else ("left", 6)
        words = note("η changes", at, 0.98 if late else 0.04, color=GRAY, yref="paper", xanchor=side[0], xshift=side[1])
        marks = [upright(at), words]
    return series(
        [line(np.arange(1, len(sizes) + 1), sizes, "difference", VERMILLION, hover="%{text}")],
        marks,
        height=height,
        x_title="step",
        y_title="largest |difference| of a weight",
        log_y=True,
        x_range=(0, len(sizes) + 1),
        y_range=(3e-18, max(1e-2, float(sizes.max()) * 5)),
        y_axis={"dtick": 3},
    )


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
    highest = max([2.4, *(loss for loss in right.loss if loss is not None)])
    top = max(highest, min(max((loss for loss in bug.loss if loss is not None), default=0.0), 2 * highest))
    lines = []
    for name, run, color, dash in _runs(right, bug):
        loss = [float("nan") if value is None else value for value in run.loss]
        lines.append(line(np.arange(len(loss)) * run.batch_size, loss, name, color, dash=dash, width=1.6))
    return series(
        lines,
        height=height,
        x_title="images seen",
        y_title="loss (nats per image)",
        legend=True,
        x_range=(0, max(len(right.loss), 1) * right.batch_size),
        y_range=(0, 1.06 * top),
    )


def planted_accuracy_figure(right: Learning, bug: Learning, *, height: int = 280) -> go.Figure:
    """Test accuracy on the way; where a run diverged its line ends."""
    return series(
        [
            line(run.seen, run.accuracy, name, color, dash=dash, hover="%{y:.2%}")
            for name, run, color, dash in _runs(right, bug)
        ],
        height=height,
        x_title="images seen",
        y_title="test accuracy",
        legend=True,
        percent_y=True,
        x_range=(0, max(len(right.loss), 1) * right.batch_size),
        y_range=(0, 1.02),
    )


def _runs(right: Learning, bug: Learning) -> tuple[tuple[str, Learning, str, str], ...]:
    return (("correct code", right, GREEN, "solid"), ("with the bug", bug, VERMILLION, "dash"))
