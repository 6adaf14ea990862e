"""Learning curves: loss at every step and accuracy after every epoch.

A run has thousands of steps and a screen a few hundred columns, so steps are gathered into bins: the line is
the mean of a bin and the band reaches from its smallest to its largest value. Nothing is smoothed away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.palette import GRAY, SPLITS
from core.charts.series import add_band, add_line
from core.charts.style import LINE_WIDTH, figure
from core.formatting import number
from core.storage.history import History, Row

POINTS = 240  # bins along the x-axis
LABELED = 6  # changes of settings that have room for their words
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Binned:
    """A long series in at most POINTS bins: x at the end of each bin, mean, lowest and highest value."""

    x: Array
    mean: Array
    low: Array
    high: Array


def binned(x: Sequence[float], y: Sequence[float | None], points: int = POINTS) -> Binned:
    """Gather a series into bins of equal numbers of values; None (not finite) is left out of its bin."""
    values = np.array([np.nan if v is None else v for v in y], dtype=float)
    places = np.asarray(x, dtype=float)[: len(values)]
    known = np.isfinite(values)
    values, places = values[known], places[known]
    if len(values) == 0:
        empty = np.empty(0)
        return Binned(empty, empty, empty, empty)
    edges = np.unique(np.linspace(0, len(values), min(points, len(values)) + 1).astype(int))
    starts, ends = edges[:-1], edges[1:]
    sums = np.add.reduceat(values, starts)
    return Binned(
        x=places[ends - 1],
        mean=sums / (ends - starts),
        low=np.minimum.reduceat(values, starts),
        high=np.maximum.reduceat(values, starts),
    )


def loss_figure(history: History, n_train: int, epochs: float, *, log_y: bool = False, height: int = 290) -> go.Figure:
    """Loss per image at every step against passes over the data; `epochs` fixes the right end of the axis.

    Test and validation losses, measured after each epoch, stand beside it where they were recorded.
    """
    x = np.cumsum(history.examples_per_step) / max(1, n_train)
    steps = binned(x.tolist(), history.loss)
    top = float(np.nanmax(steps.high)) * 1.05 if len(steps.x) else 2.4  # guessing among ten costs ln 10
    low = float(np.nanmin(steps.low, initial=0.05)) / 1.3 if log_y else 0.0
    fig = figure(
        height=height,
        x_title="epochs (passes over the training images)",
        y_title="loss (nats per image)",
        x_range=(0, max(float(epochs), 0.01)),
        y_range=(max(low, 1e-6), top) if log_y else (0, top),
        log_y=log_y,
    )
    if len(steps.x):
        add_band(fig, steps.x, steps.low, steps.high, SPLITS["train"], share=0.20)
    add_line(fig, steps.x, steps.mean, name="training", color=SPLITS["train"], label=False)
    for split in ("validation", "test"):
        _epoch_line(fig, history.epochs, f"{split}_loss", split, dots=True)
    _mark_changes(fig, history, n_train)
    return fig


def _mark_changes(fig: go.Figure, history: History, n_train: int) -> None:
    """A dotted line where a setting was changed while it ran, and what it became while there is room."""
    changes = [change for change in history.changes if change["name"] != "stop"]
    for change in changes:
        text = f"{change['name']} → {number(change['value'])}" if len(changes) <= LABELED else ""
        fig.add_vline(
            x=change["examples"] / max(1, n_train),
            line={"dash": "dot", "width": 1.4, "color": GRAY},
            annotation={"text": text, "textangle": -90, "font_size": 11},
            annotation_position="top left",
        )


def accuracy_figure(history: History, epochs: float, *, n_train: int | None = None, height: int = 290) -> go.Figure:
    """Accuracy after every epoch on each split that was measured; both axes stay where they are.

    n_train: examples of an epoch; then what was changed while it ran is marked.
    """
    fig = figure(
        height=height,
        x_title="epochs (passes over the training images)",
        y_title="accuracy",
        x_range=(0, max(float(epochs), 0.01)),
        y_range=(0, 1.02),
        percent_y=True,
    )
    for split in ("train", "validation", "test", "attacked"):
        _epoch_line(fig, history.epochs, f"{split}_accuracy", split)
    if n_train is not None:
        _mark_changes(fig, history, n_train)
    return fig


def _epoch_line(fig: go.Figure, rows: Sequence[Row], column: str, split: str, dots: bool = False) -> None:
    pairs = [(row["epoch"], row[column]) for row in rows if row.get(column) is not None]
    if not pairs:
        return
    x, y = np.array(pairs, dtype=float).T
    name = {"train": "training", "attacked": "test, attacked"}.get(split, split)
    hover = "%{y:.2%}" if column.endswith("accuracy") else "%{y:.4f}"
    broad = split == "train"  # broad and pale below, so that a test curve on top of it hides nothing
    fig.add_scatter(
        x=x,
        y=y,
        name=name,
        mode="lines+markers",
        line={"color": SPLITS[split], "width": 5 if broad else LINE_WIDTH},
        marker={"color": SPLITS[split], "size": 6 if dots else 5},
        opacity=0.45 if broad else 1.0,
        hovertemplate=f"<b>{name}</b> {hover}<br>epoch %{{x:.4g}}<extra></extra>",
    )


def gradient_figure(history: History, n_train: int, epochs: float, *, height: int = 260) -> go.Figure:
    """Root mean square of each layer's weight gradient against epochs, on a log axis."""
    from core.charts.palette import CATEGORICAL

    fig = figure(
        height=height,
        x_title="epochs (passes over the training images)",
        y_title="gradient, RMS per weight",
        x_range=(0, max(float(epochs), 0.01)),
        log_y=True,
        legend=True,
    )
    fig.update_yaxes(dtick=1)  # powers of ten alone
    seen = np.concatenate([[0], np.cumsum(history.examples_per_step)]) / max(1, n_train)
    rows = [row for row in history.gradients if int(row["step"] or 0) < len(seen)]
    names = [name for name in (rows[0] if rows else {}) if name != "step"]
    for index, name in enumerate(names):
        x = [float(seen[int(row["step"] or 0)]) for row in rows]
        line = binned(x, [row.get(name) or None for row in rows])
        color = CATEGORICAL[index % len(CATEGORICAL)]
        add_line(fig, line.x, line.mean, name=layer_name(name, index), color=color, label=False)
    return fig


def layer_name(parameter: str, index: int) -> str:
    """A weight's name for people: the raw tensors keep theirs, a module's becomes "layer 2"."""
    return parameter if parameter.startswith("W_") else f"layer {index + 1}"
