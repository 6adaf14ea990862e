"""Networks while they train: losses, errors, learning rates, weights and what each layer receives."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from core.charts.learning_curves import EPOCHS, binned, passes
from core.charts.palette import CATEGORICAL, SPLITS
from core.charts.series import band, decades, dots, end_labels, level, line, room_for, series, upright
from core.charts.style import AXIS, GRID
from core.formatting import percent
from core.storage.history import History, Row

POINTS = 80  # moments along the x-axis of the bands
Array = NDArray[np.float64]


def losses_figure(
    histories: Mapping[str, History], colors: Mapping[str, str], n_train: int, epochs: float, *, height: int = 290
) -> go.Figure:
    """Training loss of each run against passes, on a log axis; the mean of neighboring steps.

    histories: name in the legend → history. `epochs` fixes the right end of the axis.
    """
    lines = {
        name: binned(passes(history, n_train).tolist(), history.loss, points=120) for name, history in histories.items()
    }
    seen = [value for loss in lines.values() for value in loss.mean.tolist() if value > 0]
    low, high = (min(seen) / 1.5, max(seen) * 1.3) if seen else (0.01, 3.0)
    return series(
        [line(loss.x, loss.mean, name, colors[name], hover="%{y:.4f}") for name, loss in lines.items()],
        height=height,
        x_title=EPOCHS,
        y_title="training loss (nats per image)",
        log_y=True,
        legend=True,
        x_range=(0, max(float(epochs), 0.01)),
        y_range=(max(low, 1e-6), high),
        y_ticks=decades(max(low, 1e-4), min(high, 30), (1, 3)),
    )


def errors_figure(
    histories: Mapping[str, History], colors: Mapping[str, str], epochs: float, *, height: int = 290
) -> go.Figure:
    """Test error, before training, within the first and after every epoch, on a log axis.

    Near 99% two accuracies lie on top of each other; their errors do not. Hovering tells the accuracy.
    """
    traces = []
    for name, history in histories.items():
        rows = [row for row in history.curve if row.get("test_accuracy") is not None]
        right = np.array([row["test_accuracy"] for row in rows], dtype=float)
        traces.append(
            line(
                [float(row["epoch"] or 0) for row in rows],
                np.where(right < 1, 1 - right, np.nan),
                name,
                colors[name],
                size=6,
                customdata=right,
                hover="error %{y:.2%}, accuracy %{customdata:.2%}",
                across="epoch %{x:.4~g}",
            )
        )
    return series(
        traces,
        height=height,
        x_title=EPOCHS,
        y_title="test error",
        log_y=True,
        legend=True,
        x_range=(0, max(float(epochs), 0.01)),
        y_range=(0.004, 1.1),
        y_ticks=_percentages(0.005),
    )


def error_record_figure(records: Sequence[Row], steps: int, *, log_y: bool = True, height: int = 300) -> go.Figure:
    """The lab report's own chart: training and validation error (fractions) every so many steps.

    records: rows of `History.records`. `steps` fixes the right end of the axis. An error of zero has no place
    on a log axis and is left out there.
    """
    x = [float(row["step"] or 0) for row in records]
    lines = [
        (
            name,
            split,
            binned(x, [row[f"{split}_error"] if row[f"{split}_error"] or not log_y else None for row in records]),
        )
        for name, split in (("training", "train"), ("validation", "validation"))
    ]
    low = min((float(error.low.min()) for _, _, error in lines if len(error.x)), default=0.01)
    return series(
        [
            line(
                error.x,
                error.mean,
                name,
                SPLITS[split],
                width=1.8,
                size=5 if len(error.x) < 40 else 0,
                hover="error %{y:.2%}",
                across="step %{x:,}",
            )
            for name, split, error in lines
        ],
        height=height,
        x_title="steps",
        y_title="error",
        percent_y=True,
        log_y=log_y,
        legend=True,
        x_range=(0, max(steps, 1)),
        y_range=(max(min(low / 1.4, 0.009), 1e-4), 1.0) if log_y else (0, 1.0),
        x_axis={"tickformat": ","},
        y_ticks=_percentages(0.0005) if log_y else None,
    )


def _percentages(low: float) -> dict[float, str]:
    return {tick: percent(tick, 0) for tick in decades(low, 1.0, (1, 2, 5))}


class SpreadLike(Protocol):
    """What is drawn at one rate: accuracies as fractions, and how many runs diverged."""

    @property
    def mean(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def runs(self) -> int: ...
    @property
    def diverged(self) -> int: ...


def rate_curves_figure(
    curves: Mapping[str, Mapping[float, SpreadLike]],
    colors: Mapping[str, str],
    rates: tuple[float, float],
    *,
    marked: float | None = None,
    height: int = 330,
) -> go.Figure:
    """curves: name in the legend → rate → spread. rates: ends of the logarithmic axis, which stands still.

    marked: a rate to point out, the text's own. Runs that diverged are crosses at chance level.
    """
    traces = []
    for name, curve in curves.items():
        x, color = list(curve), colors[name]
        if len(x) > 1:
            traces.append(band(x, [s.low for s in curve.values()], [s.high for s in curve.values()], color))
        if x:
            traces.append(line(x, [s.mean for s in curve.values()], name, color, size=6, hover="mean %{y:.2%}"))
        if fallen := {rate: s for rate, s in curve.items() if s.diverged}:
            crosses = dots(
                list(fallen),
                [s.low for s in fallen.values()],
                f"{name}: diverged",
                color,
                size=11,
                marker={"symbol": "x"},
                showlegend=False,
                customdata=[[s.diverged, s.runs] for s in fallen.values()],
                hover=f"<b>{name}</b>: %{{customdata[0]}} of %{{customdata[1]}} runs diverged",
            )
            traces.append(crosses)
    return series(
        traces,
        [level(0.1, width=1.4), *([] if marked is None else [upright(marked, width=1.4)])],
        height=height,
        x_title="learning rate",
        y_title="test accuracy after one epoch",
        log_x=True,
        percent_y=True,
        legend=True,
        x_range=(rates[0] / 1.3, rates[1] * 1.3),
        y_range=(0.0, 1.02),
        x_ticks=decades(0.0005, 1.0, (1, 2, 5)),
        x_axis={"tickangle": 0},
    )


def moved_figure(
    epochs: Sequence[float], moved: Mapping[str, Sequence[float]], *, now: float | None, height: int = 220
) -> go.Figure:
    """How far each layer's weights went from their start. moved: layer name → fractions of the start's size,
    one an epoch. now: the epoch being looked at, marked."""
    looks = list(zip(moved.items(), CATEGORICAL, strict=False))
    top = 1.06 * max([value for values in moved.values() for value in values if np.isfinite(value)] + [0.01])
    ends = [(name, values[-1], color) for (name, values), color in looks]
    return series(
        [line(epochs, values, name, color, hover="%{y:.2%}") for (name, values), color in looks],
        [*end_labels(ends, height, limits=(0.0, top)), *([] if now is None else [upright(now, width=1.5)])],
        height=height,
        x_title="epoch",
        y_title="change of the weights",
        percent_y=True,
        x_range=(min(epochs), max(epochs) or 1.0),
        y_range=(0.0, top),
        margin=room_for(moved),
    )


def layers_of(spreads: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Names of the layers that the records hold, first to last."""
    rows = next((rows for rows in spreads.values() if rows), ())
    return [name for name in (rows[0] if rows else {}) if name != "step"]


def spread_bands_figure(
    spreads: Mapping[str, Sequence[Mapping[str, Any]]], colors: Mapping[str, str], steps: int, *, row_height: int = 125
) -> go.Figure:
    """What each layer receives over training, for two networks beside each other; a row is a layer.

    The distribution at one moment is a stack of quantiles: the broad band holds nine tenths of the numbers,
    the narrow one the middle half, the line is the median. spreads: network → rows of `History.spreads`
    (step, layer → five quantiles). colors: network → hue. steps: right end of the x axis. A moment whose
    numbers were no longer finite is a gap.
    """
    layers = layers_of(spreads)
    names = list(spreads)
    fig = make_subplots(
        rows=max(1, len(layers)),
        cols=len(names),
        shared_xaxes=True,
        shared_yaxes=True,
        column_titles=names,
        horizontal_spacing=0.05,
        vertical_spacing=0.06 if len(layers) < 5 else 0.04,
    )
    for row, layer in enumerate(layers, start=1):
        ends: list[float] = []
        for column, name in enumerate(names, start=1):
            x, quantiles = _quantiles(spreads[name], layer)
            ends += [float(v) for v in quantiles[np.isfinite(quantiles)]]
            known = np.isfinite(quantiles).all(axis=1)
            for low, high, strength in ((0, 4, 0.20), (1, 3, 0.38)):
                area = band(x[known], quantiles[known, low], quantiles[known, high], colors[name], share=strength)
                fig.add_trace(area, row=row, col=column)
            hover = "median %{y:.3g}<br>half in %{customdata[1]:.3g} … %{customdata[3]:.3g}"
            tenths = "nine tenths in %{customdata[0]:.3g} … %{customdata[4]:.3g}"
            title = f"{name}, {layer_title(layer)}"
            middle = line(x, quantiles[:, 2], title, colors[name], width=1.8, hover=hover, across=tenths)
            fig.add_trace({**middle, "customdata": quantiles}, row=row, col=column)
        if ends:
            margin = 0.06 * (max(ends) - min(ends) or 1.0)
            fig.update_yaxes(range=[min(ends) - margin, max(ends) + margin], row=row)
        fig.update_yaxes(title={"text": layer_title(layer), "standoff": 6}, row=row, col=1)
    axis = {"gridcolor": GRID, "linecolor": AXIS, "automargin": True, "ticks": "", "zerolinecolor": AXIS}
    fig.update_xaxes(**axis, showgrid=False, range=[0, max(1, steps)], tickformat=",", nticks=5)
    fig.update_yaxes(**axis, zeroline=True, nticks=5)
    fig.update_xaxes(title={"text": "steps", "standoff": 8}, row=max(1, len(layers)))
    return fig.update_layout(
        height=70 + row_height * max(1, len(layers)),
        margin={"l": 8, "r": 12, "t": 30, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        uirevision="keep",
        dragmode="zoom",
        hovermode="x",
    )


def layer_title(name: str) -> str:
    """act2 → "conv 2", fc1_act → "linear 1": the layer whose activation receives the numbers."""
    if name.startswith("act"):
        return f"conv {name[3:]}"
    return f"linear {name[2:].removesuffix('_act')}"


def _quantiles(rows: Sequence[Mapping[str, Any]], layer: str) -> tuple[Array, Array]:
    """(steps (S,), quantiles (S, 5)) at no more than POINTS moments, the last one always among them."""
    every = max(1, -(-len(rows) // POINTS))
    kept = [*rows[:-1:every], *rows[-1:]]
    x = np.array([float(row["step"]) for row in kept])
    known = [[np.nan if v is None else v for v in row.get(layer) or [None] * 5] for row in kept]
    return x, np.array(known, dtype=float).reshape(len(kept), 5)
