"""A ball that steps down a curve."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.animation import add_player
from core.charts.palette import BLUE, GRAY
from core.charts.style import add_line, figure

BALL = "white"  # its rim is in the optimizer's color
FAR = 3.0  # sizes of the picture beyond its edge: what is farther off cannot be seen, nor can the line to it


def rolling_figure(
    curve_x: ArrayLike,
    curve_y: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    color: str,
    bottoms: Sequence[tuple[float, float]] = (),
    height: int = 370,
) -> go.Figure:
    """The curve (P,), and the ball at x, y (T,), step 1 first; played, it goes from place to place.

    All places stand as pale dots from the start. The axes show the curve and stay: a ball that leaves them
    is gone, and soon after the film ends: a browser cannot place what lies 10³⁰ pictures away. color: the
    optimizer's. bottoms: (x, y) of the valleys' bottoms.
    """
    across, upward = np.asarray(curve_x, dtype=float), np.asarray(curve_y, dtype=float)
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    low, high = float(upward.min()), float(upward.max())
    xs, ys = _until_gone(xs, ys, float(across[0]), float(across[-1]), high + FAR * (high - low))
    room = 0.08 * (high - low)
    fig = figure(
        height=height,
        x_title="x",
        y_title="f(x)",
        x_range=(float(across[0]), float(across[-1])),
        y_range=(low - room, high + room),
    )
    add_line(fig, across, upward, name="f", color=BLUE, label=False, hover="%{y:.4f}")
    fig.add_scatter(
        x=[place[0] for place in bottoms],
        y=[place[1] for place in bottoms],
        mode="markers",
        name="bottom",
        marker={"symbol": "line-ns-open", "size": 10, "color": GRAY, "line_width": 2},
        hovertemplate="a bottom: x %{x:.4f}, f %{y:.4f}<extra></extra>",
    )
    fig.add_scatter(
        x=xs,
        y=ys,
        mode="markers",
        name="steps",
        marker={"size": 5, "color": color, "opacity": 0.35},
        customdata=np.arange(1, len(xs) + 1),
        hovertemplate="step %{customdata}<br>x %{x:.6g}<br>f %{y:.6g}<extra></extra>",
    )
    moving = len(fig.data)
    fig.add_scatter(x=xs[:1], y=ys[:1], mode="lines", name="way", line={"color": color, "width": 1.6}, hoverinfo="skip")
    fig.add_scatter(
        x=[float(xs[0])],
        y=[float(ys[0])],
        mode="markers+text",
        name="ball",
        text=[_place(xs[0])],
        textposition="top center",
        marker={"size": 16, "color": BALL, "line": {"color": color, "width": 4}},
        hoverinfo="skip",
        cliponaxis=True,
    )
    frames = [
        go.Frame(
            name=str(step + 1),
            traces=[moving, moving + 1],
            data=[
                {"type": "scatter", "x": xs[: step + 1], "y": ys[: step + 1]},
                {"type": "scatter", "x": [float(xs[step])], "y": [float(ys[step])], "text": [_place(xs[step])]},
            ],
        )
        for step in range(len(xs))
    ]
    fig.update_xaxes(fixedrange=True)
    fig.update_yaxes(fixedrange=True)
    return add_player(fig, frames, pace=350 if len(xs) < 30 else 140).update_layout(dragmode=False)


def _until_gone(
    xs: NDArray[np.float64], ys: NDArray[np.float64], left: float, right: float, top: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places up to the first that nobody could see; the start is always kept."""
    wide = FAR * (right - left)
    gone = np.flatnonzero((xs < left - wide) | (xs > right + wide) | (ys > top) | ~np.isfinite(ys))
    end = max(1, int(gone[0])) if len(gone) else len(xs)
    return xs[:end], ys[:end]


def _place(x: float) -> str:
    return f"x = {x:.4g}"
