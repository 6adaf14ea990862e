"""How large gradients are, how they are measured, and what becomes of them on the way back."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import BLUE, DIVERGING, GRAY, GREEN, MODELS, ORANGE, PURPLE, VERMILLION, VIOLET
from core.charts.series import add_band, add_line
from core.charts.style import figure

Point = tuple[float, float]


def secant_figure(
    weights: ArrayLike,
    losses: ArrayLike,
    *,
    at: Point,
    slope: float,
    ends: tuple[Point, Point],
    y_title: str = "loss on the batch (nats)",
    height: int = 330,
) -> go.Figure:
    """losses (P,) at weights (P,); the tangent of that `slope` through `at`, a (weight, loss); the secant
    through `ends`. Both lines are drawn as far as the window reaches; the axes do not move with the point."""
    x, y = np.asarray(weights, dtype=float), np.asarray(losses, dtype=float)
    low, high = float(y.min()), float(y.max())
    room = 0.15 * (high - low) or 1e-6 * max(1.0, abs(high))
    fig = figure(
        height=height,
        x_title="value of this weight",
        y_title=y_title,
        legend=True,
        x_range=(float(x[0]), float(x[-1])),
        y_range=(low - room, high + room),
    )
    add_line(fig, x, y, name="loss", color=BLUE, label=False, hover="%{y:.6g}")
    (left, first), (right, second) = ends
    measured = (second - first) / (right - left) if right != left else 0.0
    lines = (("secant", (left, first), measured, PURPLE, "solid"), ("tangent", at, slope, ORANGE, "dot"))
    for name, through, steep, color, dash in lines:
        line = through[1] + steep * (x - through[0])
        inside = (line >= low - room) & (line <= high + room)
        add_line(
            fig, x[inside], line[inside], name=name, color=color, label=False, dash=dash, hover=f"slope {steep:.6g}"
        )
    for name, points, color, size in (("w ± ε", ends, PURPLE, 9), ("w", (at,), ORANGE, 13)):
        fig.add_scatter(
            x=[p[0] for p in points],
            y=[p[1] for p in points],
            name=name,
            mode="markers",
            showlegend=False,
            marker={"size": size, "color": color, "line": {"color": "white", "width": 1.5}},
            hovertemplate=f"<b>{name}</b><br>weight %{{x:.9g}}<br>loss %{{y:.9g}}<extra></extra>",
        )
    return fig


COLORS = {"float64": BLUE, "float32": ORANGE}


def width_errors_figure(
    widths: Sequence[float], errors: Mapping[str, Sequence[float]], *, chosen: float, height: int = 330
) -> go.Figure:
    """errors: type name → error (W,) for each of the `widths`, on log–log axes; a line at the chosen width.

    An error of exactly zero has no place on a log axis; its point is left out.
    """
    fig = figure(
        height=height,
        x_title="step ε",
        y_title="error of the finite difference",
        legend=True,
        log_x=True,
        log_y=True,
        x_range=(min(widths) / 2, max(widths) * 2),
    )
    for name, values in errors.items():
        numbers = np.asarray(values, dtype=float)
        add_line(
            fig,
            widths,
            np.where(numbers > 0, numbers, np.nan),
            name=name,
            color=COLORS.get(name, GRAY),
            label=False,
            hover="error %{y:.3g}",
        )
        fig.data[-1].update(mode="lines+markers", marker_size=5)
    fig.add_vline(x=chosen, line_dash="dot", line_width=1.6, line_color=GRAY)
    return fig.update_xaxes(dtick=3).update_yaxes(nticks=8)


def shrinking_figure(
    names: Sequence[str],
    sizes: ArrayLike,
    current: int,
    *,
    other: ArrayLike | None = None,
    label: str = "",
    other_label: str = "",
    height: int = 300,
) -> go.Figure:
    """sizes (F,): RMS after each factor, on a logarithmic axis; zeros have no place there and are left out.

    names: the factors, left to right. current: the factor to mark. other: the same of another network, in
    gray. label, other_label: what the two lines are, told on hover and in the legend.
    """
    fig = figure(height=height, y_title="RMS of the product so far", log_y=True, legend=other is not None)
    places = list(range(len(names)))
    lines = [(other, other_label, GRAY, 1.6), (sizes, label, ORANGE, 2.4)]
    for values, told, color, width in lines:
        if values is None:
            continue
        numbers = np.asarray(values, dtype=float)
        fig.add_scatter(
            x=places,
            y=np.where(numbers > 0, numbers, np.nan),
            name=told,
            mode="lines+markers",
            line={"color": color, "width": width},
            marker={"color": color, "size": 7},
            customdata=list(names),
            hovertemplate="after %{customdata}: %{y:.4g}<extra>" + told + "</extra>",
        )
    now = float(np.asarray(sizes, dtype=float)[current])
    if now > 0:
        fig.add_scatter(
            x=[current],
            y=[now],
            mode="markers",
            hoverinfo="skip",
            showlegend=False,
            marker={"size": 17, "color": "rgba(0,0,0,0)", "line": {"color": GREEN, "width": 3}},
        )
    fig.update_xaxes(
        tickvals=places, ticktext=list(names), tickangle=-40, range=[-0.4, len(names) - 0.6], fixedrange=True
    )
    return fig.update_yaxes(nticks=6, fixedrange=True)


BELOW, ABOVE = DIVERGING[1][1], DIVERGING[3][1]


def output_error_figure(
    errors: Sequence[float], *, label: int, y_title: str, fixed: bool, height: int = 260
) -> go.Figure:
    """errors (K,): ŷ − y for each class; that of the `label` is named. fixed: the axis is −1…1."""
    names = [str(k) for k in range(len(errors))]
    fig = figure(height=height, x_title="class", y_title=y_title, y_range=(-1.15, 1.15) if fixed else None)
    fig.add_bar(
        x=names,
        y=list(errors),
        marker_color=[ABOVE if e > 0 else BELOW for e in errors],
        marker_line_width=0,
        hovertemplate="class %{x}: %{y:+.4f}<extra></extra>",
    )
    fig.add_hline(y=0, line_width=1, line_color=GRAY)
    below = errors[label] < 0
    fig.add_annotation(
        x=names[label],
        y=errors[label],
        text="the label",
        showarrow=False,
        yanchor="top" if below else "bottom",
        yshift=-2 if below else 2,
        font_size=12,
    )
    return fig.update_xaxes(type="category").update_layout(dragmode=False)


#: The activations of the vanishing gradient.
ACTIVATION_COLORS: Final = {"sigmoid": VIOLET, "tanh": GREEN, "relu": VERMILLION}
#: The three forms of one gradient; the two that train have the colors of their networks.
FORM_COLORS: Final = {"loop": ORANGE, "matrices": MODELS["mlp-manual"], "autograd": MODELS["mlp-autograd"]}


class Banded(Protocol):
    """What is drawn: one entry a place in each."""

    @property
    def mean(self) -> Sequence[float]: ...
    @property
    def low(self) -> Sequence[float]: ...
    @property
    def high(self) -> Sequence[float]: ...


def banded_figure(
    x: ArrayLike,
    bands: Mapping[str, Banded],
    colors: Mapping[str, str],
    *,
    x_title: str,
    y_title: str,
    log_x: bool = False,
    hover: str = "%{text}",
    height: int = 320,
) -> go.Figure:
    """One line a name over the places x (P,), with its band, on a logarithmic y axis.

    bands: name as written in the legend → its values. colors: the same names → hues. A place whose value is
    not finite or not positive is a gap in the line.
    """
    places = np.asarray(x, dtype=float)
    fig = figure(height=height, x_title=x_title, y_title=y_title, log_x=log_x, log_y=True, legend=True)
    fig.update_yaxes(title_standoff=18)  # powers of ten are taller than Plotly thinks
    for place, (name, band) in enumerate(bands.items()):
        low, mean, high = (_positive(values) for values in (band.low, band.mean, band.high))
        known = np.isfinite(low) & np.isfinite(high)
        if known.sum() > 1:
            add_band(fig, places[known], low[known], high[known], colors[name])
        width = max(1.8, 4.4 - 1.3 * place)  # a line under another stays visible
        add_line(fig, places, mean, name=name, color=colors[name], label=False, hover=hover, width=width)
        fig.data[-1].mode = "lines+markers"
        fig.data[-1].marker.size = width + 4
    if (powers := _powers(bands)) is not None:
        fig.update_yaxes(dtick=powers)
    if log_x:
        ticks = places.tolist()
        fig.update_xaxes(tickvals=ticks, ticktext=[f"{place:g}" for place in ticks])
    else:
        fig.update_xaxes(tickmode="linear", dtick=1)
    return fig


def _positive(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    numbers = np.asarray(values, dtype=float)
    return np.where(np.isfinite(numbers) & (numbers > 0), numbers, np.nan)


def _powers(bands: Mapping[str, Banded]) -> int | None:
    """Powers of ten between two marks, so that at most about eight of them stand on the axis; None where
    there are too few powers and marks between them are wanted."""
    every = np.concatenate([_positive(values) for band in bands.values() for values in (band.low, band.high)])
    every = every[np.isfinite(every)]
    reach = float(np.log10(every.max() / every.min())) if len(every) else 1.0
    return int(np.ceil(reach / 8)) if reach > 2 else None
