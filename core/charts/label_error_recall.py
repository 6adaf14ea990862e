"""How soon a search finds what it looks for: found against looked at, beside luck."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import GRAY, VERMILLION
from core.charts.style import add_line, figure

POINTS = 300


def found_figure(found: ArrayLike, count: int, *, height: int = 250) -> go.Figure:
    """found: (N,) how many were found among the first 1, 2, … N looked at; `count` of them are looked at now.

    Luck finds evenly: its line is straight. The best possible search would find one with every look.
    """
    values = np.asarray(found, dtype=float)
    n, total = len(values), float(values[-1]) if len(values) else 0.0
    looked = np.unique(np.concatenate([np.geomspace(1, max(n, 1), POINTS).astype(int), [count]]))
    looked = looked[(looked >= 1) & (looked <= n)]
    right = min(n, max(int(3 * total), count, 10))
    fig = figure(
        height=height,
        x_title="training images looked at",
        y_title="wrong labels found",
        x_range=(0, right),
        y_range=(0, 1.2 * total or 1),
    )
    luck = np.array([0, right])
    fig.add_scatter(
        x=luck,
        y=luck * total / max(n, 1),
        mode="lines",
        name="luck",
        hoverinfo="skip",
        showlegend=False,
        line={"color": GRAY, "width": 1.6, "dash": "dot"},
    )
    best = [0, total, right]
    fig.add_scatter(
        x=best,
        y=[0, total, total],
        mode="lines",
        name="best possible",
        hoverinfo="skip",
        showlegend=False,
        line={"color": GRAY, "width": 1.2},
    )
    shown = looked[looked <= right]
    add_line(
        fig, shown, values[shown - 1], name="found", color=VERMILLION, label=False, hover=f"%{{y:,}} of {total:,.0f}"
    )
    if 1 <= count <= n:
        fig.add_scatter(
            x=[count],
            y=[values[count - 1]],
            mode="markers",
            showlegend=False,
            hoverinfo="skip",
            marker={"color": VERMILLION, "size": 10},
        )
    end = right * total / max(n, 1)  # of luck; its name stands below it, away from what was found
    below = "top" if end > 0.15 * total else "bottom"
    for y, text, anchor in ((end, "by luck", below), (total, "best possible", "bottom")):
        fig.add_annotation(
            x=right, y=y, text=text, showarrow=False, xanchor="right", yanchor=anchor, font={"color": GRAY, "size": 12}
        )
    return fig.update_xaxes(tickformat=",")
