"""Points, the curve behind them, and the curve that a network draws, also where it never saw a point."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.animation import add_player
from core.charts.palette import GRAY, SPLITS, VERMILLION
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
