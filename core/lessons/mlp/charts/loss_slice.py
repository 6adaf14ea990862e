"""The loss as one weight moves, its tangent, and the step that gradient descent takes along it."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import BLUE, GRAY, GREEN, ORANGE
from core.charts.style import add_line, figure


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
