"""How large a running product is after each of its factors."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import GRAY, GREEN, ORANGE
from core.charts.style import figure


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
