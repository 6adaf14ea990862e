"""The loss along one weight with its tangent, and the secant that a finite difference takes for it."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import BLUE, ORANGE, PURPLE
from core.charts.style import add_line, figure

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
