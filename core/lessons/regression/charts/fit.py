"""Points, the curve behind them and the network's, whole, unit by unit, or beside points of one's own."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.animation import add_player
from core.charts.learning_curves import NAMES
from core.charts.palette import BLUE, CATEGORICAL, GRAY, GREEN, SPLITS, VERMILLION
from core.charts.series import dots, line, series, zone
from core.charts.style import Part, note

ANSWER = VERMILLION
UNSEEN = "rgb(128, 140, 152)"
PALE = 0.28  # a unit that is not yet added
PLACES, POINTS = 0, 1  # the two traces of the board that can be clicked
Points = Mapping[str, tuple[ArrayLike, ArrayLike]]


def fit_figure(
    grid: ArrayLike,
    answer: ArrayLike | None,
    truth: ArrayLike | None,
    points: Points,
    interval: tuple[float, float],
    *,
    height: int = 380,
) -> go.Figure:
    """The network's curve (P,) on a grid (P,) over points by split, each (x, y).

    truth: the curve without noise, or None. interval: where the points lie; beyond it the ground is shaded.
    Points and interval alone decide the axes, so that nothing jumps while it learns.
    """
    x = np.asarray(grid, dtype=float)
    traces = [] if truth is None else [line(x, truth, "true curve", GRAY, width=2, dash="dash")]
    for name, (px, py) in points.items():
        many = len(np.asarray(px)) > 120
        size, look = 5 if many else 8, {"opacity": 0.55 if many else 0.85}
        hover = f"{NAMES[name]} point<br>x %{{x:.4g}}, y %{{y:.4g}}"
        traces.append(
            dots(np.asarray(px), np.asarray(py), NAMES[name], SPLITS[name], size=size, marker=look, hover=hover)
        )
    if answer is not None:
        traces.append(_answer(x, answer, "network"))
    return series(
        traces,
        _unseen(x, interval),
        height=height,
        x_title="x",
        y_title="y",
        x_range=(float(x[0]), float(x[-1])),
        y_range=_y_range(points),
        legend=True,
    )


def fit_film(
    grid: ArrayLike,
    frames: Sequence[tuple[float, ArrayLike]],
    truth: ArrayLike | None,
    points: Points,
    interval: tuple[float, float],
    *,
    height: int = 360,
) -> go.Figure:
    """The same with a player: (epoch, curve (P,)) of every frame; only the network's curve moves.

    grid, truth: (P,).
    """
    x = np.asarray(grid, dtype=float)
    fig = fit_figure(x, frames[0][1], truth, points, interval, height=height)
    moving = [len(fig.data) - 1]
    shown = [
        go.Frame(
            name=f"{epoch:,.4g}",
            data=[{"type": "scatter", "x": x, "y": np.round(np.asarray(curve, dtype=float), 4)}],
            traces=moving,
        )
        for epoch, curve in frames
    ]
    return add_player(fig, shown, counted="epoch ", pace=90)


def _answer(x: ArrayLike, y: ArrayLike, name: str, *, width: float = 3, **more: Any) -> Part:
    """The network's curve."""
    return line(x, np.round(np.asarray(y, dtype=float), 6), name, ANSWER, width=width, **more)


def _unseen(x: ArrayLike, interval: tuple[float, float], below: tuple[bool, bool] = (False, False)) -> list[Part]:
    """Shaded ground beyond the interval in which there are points.

    below: whether its label stands at the bottom, to the left and to the right, clear of a curve on top.
    """
    ends = np.asarray(x, dtype=float)
    marks = []
    for start, end, low in ((float(ends[0]), interval[0], below[0]), (interval[1], float(ends[-1]), below[1])):
        place = {"y": 0.01, "yanchor": "bottom"} if low else {"y": 0.99, "yanchor": "top"}
        words = note("no points<br>here", (start + end) / 2, 0, color=GRAY, size=11, yref="paper")
        marks += [zone(start, end, UNSEEN, opacity=0.13), {**words, **place}]
    return marks


def _y_range(points: Points) -> tuple[float, float]:
    """The points and a third of their span above and below."""
    ys = np.concatenate([np.asarray(y, dtype=float) for _, y in points.values()] or [np.zeros(1)])
    low, high = (float(ys.min()), float(ys.max())) if len(ys) else (0.0, 1.0)
    room = 0.3 * (high - low) or 1.0
    return low - room, high + room


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
    kinks: str = "ReLU breakpoint",
    height: int = 400,
) -> go.Figure:
    """parts (U, P) on a grid (P,), the first `added` of `order` in color and the others pale.

    total: (P,) the sum of those added, thick. whole: the network's curve, dashed. places: (U,) where each
    unit bends, marked on the total for those added. kinks: what such a place is called.
    interval: where the points lie. base: (P,) the line that the units are added to. All of it thin lines, so
    that those in color add up to the thick one. The network is not drawn again where all units are added.
    """
    x, each = np.asarray(grid, dtype=float), np.asarray(parts, dtype=float)
    shown, where = np.asarray(total, dtype=float), np.asarray(places, dtype=float)
    traces = [
        dots(np.asarray(px), np.asarray(py), f"{name} point", SPLITS[name], size=5, marker={"opacity": 0.35})
        for name, (px, py) in points.items()
    ]
    if base is not None:
        traces.append(line(x, np.round(np.asarray(base, dtype=float), 5), "baseline", GRAY, width=1.6))
    for rank, unit in enumerate(order):
        on, newest = rank < added, rank == added - 1
        kink = f", {kinks} at x = {where[unit]:.3g}" if np.isfinite(where[unit]) else ""
        width, opacity = 2.6 if newest else 1.3, 1.0 if newest else 0.6 if on else PALE
        color = CATEGORICAL[unit % len(CATEGORICAL)] if on else GRAY
        traces.append(line(x, np.round(each[unit], 5), f"unit {unit + 1}{kink}", color, width=width, opacity=opacity))
    if added < len(order):
        traces.append(line(x, whole, "network", GRAY, width=1.8, dash="dash"))
    traces.append(_answer(x, shown, "partial sum", width=3.6))
    bent = [where[unit] for unit in list(order)[:added] if x[0] <= where[unit] <= x[-1]]
    if bent:
        ring, hover = {"line": {"color": ANSWER, "width": 2}}, f"{kinks} at x = %{{x:.3g}}"
        traces.append(dots(bent, np.interp(bent, x, shown), kinks, "rgba(0,0,0,0)", marker=ring, hover=hover))
    low, high = _y_range(points)
    left, right = (float(np.median(shown[side])) for side in (x <= interval[0], x >= interval[1]))
    return series(
        traces,
        _unseen(x, interval, (left > (low + high) / 2, right > (low + high) / 2)),
        height=height,
        x_title="x",
        y_title="y",
        x_range=(float(x[0]), float(x[-1])),
        y_range=(low, high),
    )


def placing_board(
    points: Sequence[tuple[float, float]],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    step: float,
    curve: tuple[np.ndarray, np.ndarray] | None = None,
    *,
    height: int = 420,
) -> go.Figure:
    """A board that answers to clicks: one on an empty place sets a point there, one on a point takes it.

    Invisible markers at every `step` catch the clicks; `points` stand on top, every fifth in the test split.
    curve: x (P,) and y (P,) of a network, drawn below them.
    """
    xs, ys = (np.arange(low, high + step / 2, step) for low, high in (x_range, y_range))
    across, upward = (grid.flatten() for grid in np.meshgrid(xs, ys))
    colors = [GREEN if index % 5 == 4 else BLUE for index in range(len(points))]
    hidden, seen = ({"marker": {"opacity": opacity}} for opacity in (0.0, 1.0))
    traces = [
        dots(
            across,
            upward,
            "places",
            None,
            size=13,
            marker={"opacity": 0.0},
            selected=hidden,
            unselected=hidden,
            hover="click to place a point at (%{x:g}, %{y:g})",
        ),
        dots(
            [x for x, _ in points],
            [y for _, y in points],
            "points",
            colors,
            size=12,
            marker={"line": {"color": "white", "width": 1}},
            selected=seen,
            unselected=seen,
            hover="click to remove (%{x:g}, %{y:g})",
        ),
    ]
    if curve is not None:
        traces.append(_answer(*curve, "network", hover=None))
    zero = {"zeroline": True, "zerolinecolor": "rgba(128,140,152,0.4)"}
    return series(
        traces,
        height=height,
        x_title="x",
        y_title="y",
        x_range=(x_range[0] - step, x_range[1] + step),
        y_range=(y_range[0] - step, y_range[1] + step),
        x_axis={**zero, "showgrid": True},
        y_axis=zero,
        clickmode="event+select",
        still=True,
    )
