"""Points, the curve behind them and the network's, whole, unit by unit, or beside points of one's own."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.animation import add_player
from core.charts.palette import BLUE, CATEGORICAL, GRAY, GREEN, SPLITS, VERMILLION
from core.charts.style import figure

ANSWER = VERMILLION
UNSEEN = "rgba(128, 140, 152, 0.13)"
NAMES = {"train": "training", "validation": "validation", "test": "test"}
Points = Mapping[str, tuple[ArrayLike, ArrayLike]]
Array = NDArray[np.float64]


def fit_figure(
    grid: ArrayLike,
    answer: ArrayLike | None,
    truth: ArrayLike | None,
    points: Points,
    interval: tuple[float, float],
    *,
    height: int = 380,
) -> go.Figure:
    """The network's answer (P,) on a grid (P,) over points by split, each (x, y).

    truth: the curve without noise, or None. interval: where the points lie; beyond it the ground is shaded.
    Points and interval alone decide the axes, so that nothing jumps while it learns.
    """
    x = np.asarray(grid, dtype=float)
    fig = figure(
        height=height,
        x_title="x",
        y_title="y",
        x_range=(float(x[0]), float(x[-1])),
        y_range=y_range(points),
        legend=True,
    )
    shade_unseen(fig, x, interval)
    if truth is not None:
        fig.add_scatter(
            x=x,
            y=np.asarray(truth),
            name="true curve",
            mode="lines",
            line={"color": GRAY, "width": 2, "dash": "dash"},
            hovertemplate="true curve %{y:.4g}<br>x %{x:.4g}<extra></extra>",
        )
    for name, (px, py) in points.items():
        many = len(np.asarray(px)) > 120
        fig.add_scatter(
            x=np.asarray(px),
            y=np.asarray(py),
            name=NAMES[name],
            mode="markers",
            marker={"color": SPLITS[name], "size": 5 if many else 8, "opacity": 0.55 if many else 0.85},
            hovertemplate=f"{NAMES[name]} point<br>x %{{x:.4g}}, y %{{y:.4g}}<extra></extra>",
        )
    if answer is not None:
        fig.add_trace(answer_line(x, np.asarray(answer, dtype=float)))
    return fig


def shade_unseen(
    fig: go.Figure, x: Array, interval: tuple[float, float], below: tuple[bool, bool] = (False, False)
) -> None:
    """Shade the ground beyond the interval in which there are points.

    below: whether its label stands at the bottom, to the left and to the right, clear of a curve on top.
    """
    sides = ((float(x[0]), interval[0]), (interval[1], float(x[-1])))
    for (start, end), low in zip(sides, below, strict=True):
        fig.add_shape(
            type="rect", x0=start, x1=end, y0=0, y1=1, yref="paper", fillcolor=UNSEEN, line_width=0, layer="below"
        )
        fig.add_annotation(
            x=(start + end) / 2,
            y=0.01 if low else 0.99,
            yref="paper",
            yanchor="bottom" if low else "top",
            text="never<br>seen here",
            showarrow=False,
            font={"color": GRAY, "size": 11},
        )


def answer_line(x: Array, y: Array, name: str = "network") -> go.Scatter:
    """The network's curve."""
    return go.Scatter(
        x=x,
        y=np.round(y, 6),
        name=name,
        mode="lines",
        line={"color": ANSWER, "width": 3},
        hovertemplate=f"{name} %{{y:.4g}}<br>x %{{x:.4g}}<extra></extra>",
    )


def y_range(points: Points) -> tuple[float, float]:
    """The points and a third of their span above and below."""
    ys = np.concatenate([np.asarray(y, dtype=float) for _, y in points.values()] or [np.zeros(1)])
    low, high = (float(ys.min()), float(ys.max())) if len(ys) else (0.0, 1.0)
    room = 0.3 * (high - low) or 1.0
    return low - room, high + room


def fit_film(
    grid: ArrayLike,
    frames: Sequence[tuple[float, ArrayLike]],
    truth: ArrayLike | None,
    points: Points,
    interval: tuple[float, float],
    *,
    height: int = 360,
) -> go.Figure:
    """The same with a player: (epoch, answer (P,)) of every frame; only the network's curve moves.

    grid, truth: (P,).
    """
    x = np.asarray(grid, dtype=float)
    fig = fit_figure(x, frames[0][1], truth, points, interval, height=height)
    moving = len(fig.data) - 1
    return add_player(
        fig,
        [
            go.Frame(
                name=f"{epoch:,.4g}",
                data=[go.Scatter(x=x, y=np.round(np.asarray(curve, dtype=float), 4))],
                traces=[moving],
            )
            for epoch, curve in frames
        ],
        counted="epoch ",
        pace=90,
    )


PALE = 0.28


def bends_figure(
    grid: ArrayLike,
    parts: ArrayLike,
    order: Sequence[int],
    added: int,
    total: ArrayLike,
    whole: ArrayLike,
    points: Points,
    places: ArrayLike,
    interval: tuple[float, float],
    *,
    base: ArrayLike | None = None,
    kinks: str = "bend",
    height: int = 460,
) -> go.Figure:
    """parts (U, P) on a grid (P,), the first `added` of `order` in color and the others pale.

    total: (P,) the sum of those added, thick. whole: the network's answer, dashed. places: (U,) where each
    unit bends, marked on the total for those added. kinks: what such a place is called.
    interval: where the points lie. base: (P,) the line that the units are added to. All of it thin lines, so
    that those in color add up to the thick one. The network is not drawn again where all units are added.
    """
    x, each = np.asarray(grid, dtype=float), np.asarray(parts, dtype=float)
    shown, where = np.asarray(total, dtype=float), np.asarray(places, dtype=float)
    low, high = y_range(points)
    fig = figure(height=height, x_title="x", y_title="y", x_range=(float(x[0]), float(x[-1])), y_range=(low, high))
    middle = (low + high) / 2
    left, right = (float(np.median(shown[side])) for side in (x <= interval[0], x >= interval[1]))
    shade_unseen(fig, x, interval, (left > middle, right > middle))
    for name, (px, py) in points.items():
        fig.add_scatter(
            x=np.asarray(px),
            y=np.asarray(py),
            mode="markers",
            name=f"{name} point",
            hoverinfo="skip",
            marker={"color": SPLITS[name], "size": 5, "opacity": 0.35},
        )
    if base is not None:
        fig.add_scatter(
            x=x,
            y=np.round(np.asarray(base, dtype=float), 5),
            mode="lines",
            name="beginning",
            line={"color": GRAY, "width": 1.6},
            hovertemplate="beginning<br>x %{x:.3g}: %{y:.3g}<extra></extra>",
        )
    for rank, unit in enumerate(order):
        color, on = CATEGORICAL[unit % len(CATEGORICAL)], rank < added
        newest = rank == added - 1
        fig.add_scatter(
            x=x,
            y=np.round(each[unit], 5),
            mode="lines",
            name=f"unit {unit + 1}",
            line={"color": color if on else GRAY, "width": 2.6 if newest else 1.3},
            opacity=1.0 if newest else 0.6 if on else PALE,
            hovertemplate=f"unit {unit + 1}"
            + (f", {kinks} at x = {where[unit]:.3g}" if np.isfinite(where[unit]) else "")
            + "<br>x %{x:.3g}: %{y:.3g}<extra></extra>",
        )
    if added < len(order):
        fig.add_scatter(
            x=x,
            y=np.asarray(whole, dtype=float),
            mode="lines",
            name="the network",
            line={"color": GRAY, "width": 1.8, "dash": "dash"},
            hovertemplate="the whole network %{y:.4g}<br>x %{x:.3g}<extra></extra>",
        )
    fig.add_scatter(
        x=x,
        y=np.round(shown, 6),
        mode="lines",
        name="sum so far",
        line={"color": ANSWER, "width": 3.6},
        hovertemplate="sum so far %{y:.4g}<br>x %{x:.3g}<extra></extra>",
    )
    bent = [where[unit] for unit in list(order)[:added] if x[0] <= where[unit] <= x[-1]]
    if bent:
        fig.add_scatter(
            x=bent,
            y=np.interp(bent, x, shown),
            mode="markers",
            name=kinks,
            marker={"color": "rgba(0,0,0,0)", "size": 9, "line": {"color": ANSWER, "width": 2}},
            hovertemplate=f"{kinks} at x = %{{x:.3g}}<extra></extra>",
        )
    return fig


PLACES, POINTS = 0, 1  # the two traces that can be clicked


def placing_board(
    points: Sequence[tuple[float, float]],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    step: float,
    curve: tuple[np.ndarray, np.ndarray] | None = None,
    *,
    height: int = 420,
) -> go.Figure:
    """Invisible markers at every `step` catch the clicks; `points` stand on top, every fifth for the test.

    curve: x (P,) and y (P,) of a network, drawn below them.
    """
    xs, ys = (np.arange(low, high + step / 2, step) for low, high in (x_range, y_range))
    across, upward = (grid.flatten() for grid in np.meshgrid(xs, ys))
    fig = figure(
        height=height,
        x_title="x",
        y_title="y",
        x_range=(x_range[0] - step, x_range[1] + step),
        y_range=(y_range[0] - step, y_range[1] + step),
    )
    unchanged = {"marker": {"opacity": 0.0}}
    fig.add_scatter(
        x=across,
        y=upward,
        mode="markers",
        name="places",
        marker={"size": 13, "opacity": 0.0},
        selected=unchanged,
        unselected=unchanged,
        showlegend=False,
        hovertemplate="click to place a point at (%{x:g}, %{y:g})<extra></extra>",
    )
    colors = [GREEN if index % 5 == 4 else BLUE for index in range(len(points))]
    fig.add_scatter(
        x=[x for x, _ in points],
        y=[y for _, y in points],
        mode="markers",
        name="points",
        marker={"size": 12, "color": colors, "line": {"color": "white", "width": 1}},
        selected={"marker": {"opacity": 1.0}},
        unselected={"marker": {"opacity": 1.0}},
        showlegend=False,
        hovertemplate="click to take away (%{x:g}, %{y:g})<extra></extra>",
    )
    if curve is not None:
        line = answer_line(*curve)
        line.update(hoverinfo="skip", hovertemplate=None, showlegend=False)
        fig.add_trace(line)
    fig.update_xaxes(fixedrange=True, zeroline=True, zerolinecolor="rgba(128,140,152,0.4)", showgrid=True)
    fig.update_yaxes(fixedrange=True, zeroline=True, zerolinecolor="rgba(128,140,152,0.4)")
    return fig.update_layout(clickmode="event+select", dragmode=False)
