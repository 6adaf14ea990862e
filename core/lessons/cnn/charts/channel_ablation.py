"""Accuracy with each single channel of a layer switched off."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.palette import GRAY, GREEN
from core.charts.style import figure
from core.formatting import percent


def knock_out_figure(
    accuracy: Sequence[float], intervals: Sequence[tuple[float, float]], whole: float, *, height: int = 280
) -> go.Figure:
    """accuracy (C,): share read correctly without channel 0, 1, …, with 95% intervals; a line at `whole`.

    Dots rather than bars: the axis need not begin at zero. whole: the untouched network on the same images.
    """
    low = min([whole, *(bottom for bottom, _ in intervals)])
    room = 0.06 * (1 - low) or 0.01
    fig = figure(
        height=height,
        x_title="channel switched off",
        y_title="read correctly",
        percent_y=True,
        x_range=(-0.7, len(accuracy) - 0.3),
        y_range=(max(0.0, low - room), 1.0 + room),
    )
    fig.add_scatter(
        x=list(range(len(accuracy))),
        y=list(accuracy),
        mode="markers",
        marker={"size": 10 if len(accuracy) <= 64 else 6, "color": GREEN},
        error_y={
            "type": "data",
            "symmetric": False,
            "thickness": 1.5,
            "width": 0,
            "color": GREEN,
            "array": [high - share for share, (_, high) in zip(accuracy, intervals, strict=True)],
            "arrayminus": [share - bottom for share, (bottom, _) in zip(accuracy, intervals, strict=True)],
        },
        customdata=[(bottom, high, share - whole) for share, (bottom, high) in zip(accuracy, intervals, strict=True)],
        hovertemplate="<b>without channel %{x}</b> %{y:.2%}, %{customdata[2]:+.2%} against all channels"
        "<br>95% interval %{customdata[0]:.2%} to %{customdata[1]:.2%}<extra></extra>",
    )
    fig.add_hline(y=whole, line_dash="dot", line_width=1.6, line_color=GRAY)
    fig.add_annotation(
        x=1,
        xref="paper",
        y=whole,
        text=f"none off<br>{percent(whole)}",
        showarrow=False,
        align="left",
        xanchor="left",
        xshift=6,
        font_size=12,
    )
    fig.update_yaxes(tickformat="~%")
    if len(accuracy) <= 16:
        fig.update_xaxes(tickmode="linear", dtick=1)
    return fig.update_layout(margin_r=74, dragmode=False)
