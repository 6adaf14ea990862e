"""The reliability diagram: how often the answers of each confidence are right, and how many there are."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.palette import BLUE, GRAY, ORANGE
from core.charts.style import AXIS, figure


def reliability_figure(
    accuracy: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    confidence: Sequence[float],
    counts: Sequence[int],
    *,
    height: int = 380,
) -> go.Figure:
    """Bins of equal width over confidences 0…1: accuracy with its 95% interval, mean confidence, counts.

    Empty bins (count 0) stay empty. Dots on the dotted diagonal are as often right as they are sure; below
    it they are too sure. The orange stroke joins an accuracy to the diagonal: the gap that the ECE weighs.
    Below, on a log axis, how many answers each bin holds.
    """
    bins = len(counts)
    fig = figure(height=height, y_title="right", percent_y=True, x_range=(0.0, 1.025), y_range=(-0.02, 1.04))
    fig.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": GRAY, "width": 1.6, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )
    full = [k for k in range(bins) if counts[k]]
    gaps_x: list[float | None] = []
    gaps_y: list[float | None] = []
    for k in full:
        gaps_x += [confidence[k], confidence[k], None]
        gaps_y += [accuracy[k], confidence[k], None]
    fig.add_scatter(
        x=gaps_x, y=gaps_y, mode="lines", name="gap", line={"color": ORANGE, "width": 5}, opacity=0.75, hoverinfo="skip"
    )
    fig.add_scatter(
        x=[confidence[k] for k in full],
        y=[accuracy[k] for k in full],
        mode="markers",
        name="right",
        marker={"size": 9, "color": BLUE},
        error_y={
            "type": "data",
            "symmetric": False,
            "thickness": 1.6,
            "width": 4,
            "color": BLUE,
            "array": [intervals[k][1] - accuracy[k] for k in full],
            "arrayminus": [accuracy[k] - intervals[k][0] for k in full],
        },
        customdata=[[k / bins, (k + 1) / bins, counts[k], *intervals[k]] for k in full],
        hovertemplate="confidence %{customdata[0]:.0%} to %{customdata[1]:.0%}, mean %{x:.2%}<br>"
        "<b>right %{y:.2%}</b> (95%: %{customdata[3]:.2%} to %{customdata[4]:.2%})<br>"
        "%{customdata[2]:,} answers<extra></extra>",
    )
    fig.add_bar(
        x=[(k + 0.5) / bins for k in range(bins)],
        y=[count or None for count in counts],
        width=0.9 / bins,
        marker_color=GRAY,
        yaxis="y2",
        name="answers",
        hovertemplate="%{y:,} answers<extra></extra>",
    )
    fig.update_layout(
        yaxis_domain=[0.34, 1.0],
        yaxis2={
            "domain": [0.0, 0.24],
            "type": "log",
            "title": {"text": "answers", "standoff": 8},
            "automargin": True,
            "gridcolor": AXIS,
            "gridwidth": 0.4,
            "zeroline": False,
            "anchor": "x",
            "range": [-0.2, 4.2],
            "dtick": 2,
            "tickformat": ",",
            "fixedrange": True,
        },
        dragmode=False,
    )
    fig.update_yaxes(fixedrange=True)
    return fig.update_xaxes(title_text="confidence", tickformat=".0%", anchor="y2", fixedrange=True, nticks=6)
