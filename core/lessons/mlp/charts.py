"""Charts of the MLP lesson: weights before and now, activations' derivatives, one gradient step."""

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.palette import BLUE, GRAY, GREEN, ORANGE, VIOLET
from core.charts.series import add_line
from core.charts.style import figure

NOW, START = VIOLET, GRAY


def now_and_start_figure(
    edges: ArrayLike, now: ArrayLike, start: ArrayLike, *, x_title: str, height: int = 220, legend: bool = True
) -> go.Figure:
    """Shares of all numbers in each bin, (bins,), between edges (bins + 1,): now filled, the start a line.

    Where one of them is far narrower its peak leaves the chart at the top, so that the other can be seen.
    """
    ends = np.asarray(edges, dtype=float)
    shares = {"now": np.asarray(now, dtype=float), "start": np.asarray(start, dtype=float)}
    middle = (ends[:-1] + ends[1:]) / 2
    lower, higher = sorted(float(share.max()) for share in shares.values())
    tallest = min(higher, 4 * lower) or 1.0
    fig = figure(
        height=height,
        x_title=x_title,
        y_title="share",
        legend=legend,
        x_range=(ends[0], ends[-1]),
        y_range=(0.0, 1.08 * tallest),
    )
    common = {"customdata": np.column_stack([ends[:-1], ends[1:]])}
    fig.add_bar(
        x=middle,
        y=shares["now"],
        width=np.diff(ends),
        name="now",
        marker_color=NOW,
        marker_line_width=0,
        opacity=0.75,
        **common,
        hovertemplate="now: %{y:.2%} between %{customdata[0]:.3g} and %{customdata[1]:.3g}<extra></extra>",
    )
    fig.add_scatter(
        x=np.repeat(ends, 2)[1:-1],
        y=np.repeat(shares["start"], 2),
        name="start",
        mode="lines",
        line={"color": START, "width": 2},
        hoverinfo="skip",
    )
    return fig.update_yaxes(tickformat="~%", nticks=4).update_xaxes(nticks=6).update_layout(bargap=0)


Floats = NDArray[np.float64]


def slope_figure(values: ArrayLike, slope: Callable[[Floats], ArrayLike], *, name: str, height: int = 240) -> go.Figure:
    """Histogram of pre-activations `values` (any shape), scaled to the height of `slope`'s curve.

    slope: places (P,) → the activation's derivative there (P,).
    """
    points = np.asarray(values, dtype=float).ravel()
    reach = max(6.0, float(np.quantile(np.abs(points), 0.995)))
    grid = np.linspace(-reach, reach, 401)
    curve = np.asarray(slope(grid), dtype=float)
    counts, edges = np.histogram(points, bins=60, range=(-reach, reach))
    tall = counts / max(1, counts.max()) * curve.max()
    fig = figure(
        height=height,
        x_title="pre-activation h",
        y_title="slope",
        x_range=(-reach, reach),
        y_range=(min(0.0, float(curve.min())), 1.08 * float(curve.max())),
        legend=True,
    )
    fig.add_bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=tall,
        width=np.diff(edges),
        marker_color=GRAY,
        marker_line_width=0,
        opacity=0.55,
        name="inputs h before training",
        customdata=counts / max(1, len(points)),
        hovertemplate="%{customdata:.2%} of all h near %{x:.2f}<extra></extra>",
    )
    fig.add_scatter(
        x=grid,
        y=curve,
        mode="lines",
        name=name,
        line={"color": ORANGE, "width": 2.4},
        hovertemplate="at h = %{x:.2f} the slope is %{y:.4f}<extra></extra>",
    )
    return fig.update_layout(bargap=0)


def loss_along_figure(
    weights: ArrayLike,
    losses: ArrayLike,
    *,
    before: tuple[float, float],
    after: tuple[float, float],
    slope: float,
    y_title: str = "loss on the batch (nats)",
    height: int = 320,
) -> go.Figure:
    """losses (P,) at weights (P,), the tangent of that `slope` at `before`, and the two ends of the step.

    before, after: (weight, loss) of the step.
    """
    x, y = np.asarray(weights, dtype=float), np.asarray(losses, dtype=float)
    finite = y[np.isfinite(y)]
    low, high = float(finite.min()), float(finite.max())
    room = 0.12 * (high - low) or 1e-6 * max(1.0, abs(high))
    fig = figure(
        height=height,
        x_title="value of this weight",
        y_title=y_title,
        x_range=(float(x[0]), float(x[-1])),
        y_range=(low - room, high + room),
    )
    tangent = before[1] + slope * (x - before[0])
    inside = (tangent >= low - room) & (tangent <= high + room)
    add_line(
        fig,
        x[inside],
        tangent[inside],
        name="tangent",
        color=ORANGE,
        label=False,
        dash="dot",
        hover=f"slope {slope:.4g}",
    )
    add_line(fig, x, y, name="loss", color=BLUE, label=False, hover="%{y:.6g}")
    for name, (weight, loss), color, size in (("before", before, GRAY, 17), ("after", after, GREEN, 9)):
        fig.add_scatter(
            x=[weight],
            y=[loss],
            name=name,
            mode="markers",
            marker={"size": size, "color": color, "line": {"color": "white", "width": 1.5}},
            hovertemplate=f"<b>{name}</b><br>weight %{{x:.6g}}<br>loss %{{y:.6g}}<extra></extra>",
        )
    side = 1 if after[0] >= before[0] else -1
    ends = (("before", before, GRAY, -side, -34), ("after", after, GREEN, side, 34))
    for text, (weight, loss), color, sign, down in ends:
        fig.add_annotation(
            x=weight,
            y=loss,
            text=text,
            ax=34 * sign,
            ay=down,
            font={"color": color, "size": 13},
            arrowcolor=color,
            arrowwidth=1.2,
            arrowhead=0,
        )
    return fig
