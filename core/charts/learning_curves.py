"""Learning curves: loss at every step, accuracy within the first and after every epoch.

A run has thousands of steps and a screen a few hundred columns, so steps are gathered into bins: the line is
the mean of a bin and the band reaches from its smallest to its largest value. Nothing is smoothed away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.palette import CATEGORICAL, SPLITS
from core.charts.series import band, line, series, upright
from core.charts.style import Part, note
from core.formatting import number
from core.storage.history import History, Row

POINTS = 240  # bins along the x-axis
LABELED = 6  # changes of settings that have room for their words
EPOCHS = "epochs (passes over the training images)"
#: Split → its name in a chart.
NAMES = {"train": "training", "validation": "validation", "test": "test", "attacked": "adversarial"}
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

    Test and validation losses, measured within the first and after each epoch, stand beside it where there are some.
    """
    steps = binned(passes(history, n_train).tolist(), history.loss)
    top = float(np.nanmax(steps.high)) * 1.05 if len(steps.x) else 2.4  # chance level among ten costs ln 10
    low = float(np.nanmin(steps.low, initial=0.05)) / 1.3 if log_y else 0.0
    traces = [band(steps.x, steps.low, steps.high, SPLITS["train"], share=0.20)] if len(steps.x) else []
    traces.append(line(steps.x, steps.mean, "training", SPLITS["train"]))
    return series(
        [*traces, *_epoch_lines(history.curve, "loss", ("validation", "test"), "%{y:.4f}", 6)],
        _changes(history, n_train),
        height=height,
        x_title=EPOCHS,
        y_title="loss (nats per image)",
        x_range=(0, max(float(epochs), 0.01)),
        y_range=(max(low, 1e-6), top) if log_y else (0, top),
        log_y=log_y,
    )


def accuracy_figure(history: History, epochs: float, *, n_train: int | None = None, height: int = 290) -> go.Figure:
    """Accuracy after every epoch, and within the first, on each split that was measured; both axes stay in place.

    n_train: examples of an epoch; then what was changed while it ran is marked.
    """
    return series(
        _epoch_lines(history.curve, "accuracy", tuple(NAMES), "%{y:.2%}", 5),
        _changes(history, n_train) if n_train is not None else (),
        height=height,
        x_title=EPOCHS,
        y_title="accuracy",
        x_range=(0, max(float(epochs), 0.01)),
        y_range=(0, 1.02),
        percent_y=True,
    )


def gradient_figure(history: History, n_train: int, epochs: float, *, height: int = 260) -> go.Figure:
    """Root mean square of each layer's weight gradient against epochs, on a log axis."""
    seen = np.concatenate([[0], passes(history, n_train)])
    rows = [row for row in history.gradients if int(row["step"] or 0) < len(seen)]
    x = [float(seen[int(row["step"] or 0)]) for row in rows]
    names = [name for name in (rows[0] if rows else {}) if name != "step"]
    lines = {name: binned(x, [row.get(name) or None for row in rows]) for name in names}
    return series(
        [
            line(lines[name].x, lines[name].mean, layer_name(name, index), CATEGORICAL[index % len(CATEGORICAL)])
            for index, name in enumerate(names)
        ],
        height=height,
        x_title=EPOCHS,
        y_title="gradient, RMS per weight",
        x_range=(0, max(float(epochs), 0.01)),
        log_y=True,
        legend=True,
        y_axis={"dtick": 1},  # powers of ten alone
    )


def passes(history: History, n_train: int) -> Array:
    """Passes over the training examples after each step (S,)."""
    done: Array = np.cumsum(np.asarray(history.examples_per_step, dtype=float)) / max(1, n_train)
    return done


def layer_name(parameter: str, index: int) -> str:
    """A weight's name for people: the raw tensors keep theirs, a module's becomes "layer 2"."""
    return parameter if parameter.startswith("W_") else f"layer {index + 1}"


def _epoch_lines(rows: Sequence[Row], what: str, splits: Sequence[str], hover: str, size: float) -> list[Part]:
    lines = []
    for split in splits:
        pairs = [(row["epoch"], row[f"{split}_{what}"]) for row in rows if row.get(f"{split}_{what}") is not None]
        if not pairs:
            continue
        x, y = np.array(pairs, dtype=float).T
        broad = split == "train"  # broad and pale below, so that a test curve on top of it hides nothing
        look: Part = {"width": 5, "opacity": 0.45} if broad else {}
        look |= {"size": size, "mode": "lines+markers", "hover": hover, "across": "epoch %{x:.4~g}"}
        lines.append(line(x, y, NAMES[split], SPLITS[split], **look))
    return lines


def _changes(history: History, n_train: int) -> list[Part]:
    """A dotted line where a setting was changed while it ran, and what it became while there is room."""
    changes = [change for change in history.changes if change["name"] != "stop"]
    marks = []
    for change in changes:
        at = change["examples"] / max(1, n_train)
        marks.append(upright(at, width=1.4))
        if len(changes) <= LABELED:
            text = f"{change['name']} → {number(change['value'])}"
            marks.append(note(text, at, 1, size=11, yref="y domain", xanchor="right", yanchor="top", textangle=-90))
    return marks
