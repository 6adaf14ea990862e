"""Hidden units as thin lines, their sum as a thick one, and where they bend."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import CATEGORICAL, GRAY, SPLITS
from core.charts.style import figure
from core.lessons.regression.charts.regression_fit import ANSWER, Points, shade_unseen, y_range

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
