"""Networks while they train: losses, errors, learning rates, weights and what each layer receives."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from core.charts.learning_curves import binned
from core.charts.palette import CATEGORICAL, GRAY, SPLITS
from core.charts.series import add_band, add_line
from core.charts.style import AXIS, GRID, figure
from core.formatting import percent
from core.storage.history import History, Row

EPOCHS = "epochs (passes over the training images)"


def losses_figure(
    histories: Mapping[str, History], colors: Mapping[str, str], n_train: int, epochs: float, *, height: int = 290
) -> go.Figure:
    """Training loss of each run against passes, on a log axis; the mean of neighboring steps.

    histories: name in the legend → history. `epochs` fixes the right end of the axis.
    """
    lines = {
        name: binned((np.cumsum(history.examples_per_step) / max(1, n_train)).tolist(), history.loss, points=120)
        for name, history in histories.items()
    }
    seen = [value for line in lines.values() for value in line.mean.tolist() if value > 0]
    limits = (min(seen) / 1.5, max(seen) * 1.3) if seen else (0.01, 3.0)
    fig = figure(
        height=height,
        x_title=EPOCHS,
        y_title="training loss (nats per image)",
        log_y=True,
        legend=True,
        x_range=(0, max(float(epochs), 0.01)),
        y_range=(max(limits[0], 1e-6), limits[1]),
    )
    for name, line in lines.items():
        add_line(fig, line.x, line.mean, name=name, color=colors[name], label=False, hover="%{y:.4f}")
    ticks = [t for t in (1e-4, 1e-3, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30) if limits[0] <= t <= limits[1]]
    return fig.update_yaxes(title_standoff=18, tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks])


def errors_figure(
    histories: Mapping[str, History], colors: Mapping[str, str], epochs: float, *, height: int = 290
) -> go.Figure:
    """Share of test images read wrongly, before training and after every epoch, on a log axis.

    Near 99% two accuracies lie on top of each other; their errors do not. Hovering tells the accuracy.
    """
    fig = figure(
        height=height,
        x_title=EPOCHS,
        y_title="test images read wrongly",
        log_y=True,
        legend=True,
        x_range=(0, max(float(epochs), 0.01)),
        y_range=(0.004, 1.1),
    )
    for name, history in histories.items():
        rows = [row for row in history.epochs if row.get("test_accuracy") is not None]
        right = [float(row["test_accuracy"] or 0) for row in rows]
        wrong = [1 - share if share < 1 else None for share in right]
        x = [float(row["epoch"] or 0) for row in rows]
        add_line(fig, x, np.array(wrong, dtype=float), name=name, color=colors[name], label=False)
        fig.data[-1].update(
            mode="lines+markers",
            marker_size=6,
            customdata=right,
            hovertemplate=f"<b>{name}</b> %{{y:.2%}} wrong, %{{customdata:.2%}} right<br>epoch %{{x:.4g}}"
            "<extra></extra>",
        )
    ticks = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
    return fig.update_yaxes(title_standoff=18, tickvals=ticks, ticktext=[percent(tick, 0) for tick in ticks])


TICKS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def error_record_figure(records: Sequence[Row], steps: int, *, log_y: bool = True, height: int = 300) -> go.Figure:
    """Both errors (fractions) against steps; `steps` fixes the right end of the axis.

    records: rows of `History.records`. An error of zero has no place on a log axis and is left out there.
    """
    lines = {
        name: binned(
            [float(row["step"] or 0) for row in records],
            [row[column] if not log_y or row[column] else None for row in records],
        )
        for name, column in (("training", "train_error"), ("validation", "validation_error"))
    }
    low = min((float(line.low.min()) for line in lines.values() if len(line.x)), default=0.01)
    fig = figure(
        height=height,
        x_title="steps",
        y_title="error",
        percent_y=True,
        log_y=log_y,
        legend=True,
        x_range=(0, max(steps, 1)),
        y_range=(max(min(low / 1.4, 0.009), 1e-4), 1.0) if log_y else (0, 1.0),
    )
    for name, line in lines.items():
        fig.add_scatter(
            x=line.x,
            y=line.mean,
            name=name,
            mode="lines+markers" if len(line.x) < 40 else "lines",
            line={"color": SPLITS["train" if name == "training" else name], "width": 1.8},
            marker_size=5,
            hovertemplate=f"<b>{name}</b> %{{y:.2%}} wrong<br>step %{{x:,}}<extra></extra>",
        )
    if log_y:
        fig.update_yaxes(tickvals=TICKS, ticktext=[percent(tick, 0) for tick in TICKS])
    return fig.update_xaxes(tickformat=",")


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

    marked: a rate to point out, the text's own. Runs that diverged are crosses at the level of guessing.
    """
    fig = figure(
        height=height,
        x_title="learning rate",
        y_title="test accuracy after one epoch",
        log_x=True,
        percent_y=True,
        legend=True,
        x_range=(rates[0] / 1.3, rates[1] * 1.3),
        y_range=(0.0, 1.02),
    )
    for name, curve in curves.items():
        if not curve:
            continue
        x = list(curve)
        if len(x) > 1:
            low, high = ([getattr(s, end) for s in curve.values()] for end in ("low", "high"))
            add_band(fig, x, low, high, colors[name])
        add_line(
            fig, x, [s.mean for s in curve.values()], name=name, color=colors[name], label=False, hover="mean %{y:.2%}"
        )
        fig.data[-1].mode = "lines+markers"
        fig.data[-1].marker.size = 6
        fallen = [(rate, s) for rate, s in curve.items() if s.diverged]
        if fallen:
            fig.add_scatter(
                x=[rate for rate, _ in fallen],
                y=[s.low for _, s in fallen],
                mode="markers",
                name=f"{name}: diverged",
                showlegend=False,
                marker={"symbol": "x", "size": 11, "color": colors[name]},
                customdata=[[s.diverged, s.runs] for _, s in fallen],
                hovertemplate=f"<b>{name}</b>: %{{customdata[0]}} of %{{customdata[1]}} runs diverged<extra></extra>",
            )
    fig.add_hline(y=0.1, line_dash="dot", line_width=1.4, line_color=GRAY)
    if marked is not None:
        fig.add_vline(x=marked, line_dash="dot", line_width=1.4, line_color=GRAY)
    ticks = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
    return fig.update_xaxes(tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks], tickangle=0)


def moved_figure(
    epochs: Sequence[float], moved: Mapping[str, Sequence[float]], *, now: float | None, height: int = 220
) -> go.Figure:
    """moved: layer name → fractions, one an epoch. now: the epoch being looked at, marked."""
    fig = figure(
        height=height,
        x_title="epoch",
        y_title="moved, of the start's size",
        percent_y=True,
        x_range=(min(epochs), max(epochs) or 1.0),
    )
    for (name, values), color in zip(moved.items(), CATEGORICAL, strict=False):
        add_line(fig, epochs, values, name=name, color=color, hover="%{y:.2%}")
    fig.update_yaxes(rangemode="tozero", tickformat=".0%")
    if now is not None:
        fig.add_vline(x=now, line={"color": GRAY, "width": 1.5, "dash": "dot"})
    return fig


POINTS = 80  # moments along the x-axis
Array = NDArray[np.float64]


def layers_of(spreads: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Names of the layers that the records hold, first to last."""
    rows = next((rows for rows in spreads.values() if rows), ())
    return [name for name in (rows[0] if rows else {}) if name != "step"]


def spread_bands_figure(
    spreads: Mapping[str, Sequence[Mapping[str, Any]]], colors: Mapping[str, str], steps: int, *, row_height: int = 125
) -> go.Figure:
    """spreads: network → rows of `History.spreads` (step, layer → five quantiles). colors: network → hue.

    steps: right end of the x axis. A moment whose numbers were no longer finite is a gap.
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
            x, quantiles = _series(spreads[name], layer)
            ends += [float(v) for v in quantiles[np.isfinite(quantiles)]]
            _bands(fig, x, quantiles, colors[name], row, column, f"{name}, {layer_title(layer)}")
        if ends:
            low, high = min(ends), max(ends)
            margin = 0.06 * (high - low or 1.0)
            fig.update_yaxes(range=[low - margin, high + margin], row=row)
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
    """act2 → "into act 2", fc1_act → "into fc 1": what that activation receives."""
    if name.startswith("act"):
        return f"conv {name[3:]}"
    return f"linear {name[2:].removesuffix('_act')}"


def _series(rows: Sequence[Mapping[str, Any]], layer: str) -> tuple[Array, Array]:
    """(steps (S,), quantiles (S, 5)) at no more than POINTS moments, the last one always among them."""
    every = max(1, -(-len(rows) // POINTS))
    kept = [*rows[:-1:every], *rows[-1:]]
    x = np.array([float(row["step"]) for row in kept])
    quantiles = np.array(
        [[np.nan if v is None else v for v in row.get(layer) or [None] * 5] for row in kept], dtype=float
    )
    return x, quantiles.reshape(len(kept), 5)


def _bands(fig: go.Figure, x: Array, q: Array, color: str, row: int, column: int, name: str) -> None:
    known = np.isfinite(q).all(axis=1)
    for low, high, strength in ((0, 4, 0.20), (1, 3, 0.38)):
        add_band(fig, x[known], q[known, low], q[known, high], color, share=strength, row=row, col=column)
    fig.add_scatter(
        x=x,
        y=q[:, 2],
        mode="lines" if len(x) > 1 else "markers",
        line={"color": color, "width": 1.8},
        marker={"color": color, "size": 5},
        customdata=q,
        name=name,
        hovertemplate="median %{y:.3g}<br>half in %{customdata[1]:.3g} … %{customdata[3]:.3g}<br>"
        "nine tenths in %{customdata[0]:.3g} … %{customdata[4]:.3g}<extra></extra>",
        row=row,
        col=column,
    )
