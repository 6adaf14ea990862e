"""The same numbers before training and now, counted in the same bins."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import GRAY, VIOLET
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
