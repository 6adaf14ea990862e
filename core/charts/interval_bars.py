"""Accuracies as bars, each with its interval."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.palette import GRAY
from core.charts.style import AXIS, figure
from core.formatting import percent


def interval_bars_figure(
    names: Sequence[str],
    accuracy: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    colors: Sequence[str],
    *,
    guessing: float = 0.1,
) -> go.Figure:
    """One bar a name, first on top: accuracy (fractions), its 95% interval, a dotted line for guessing."""
    fig = figure(height=70 + 46 * len(names), x_title="test accuracy", x_range=(0.0, 1.22))
    fig.add_bar(
        x=list(accuracy),
        y=list(names),
        orientation="h",
        marker_color=list(colors),
        error_x={
            "type": "data",
            "symmetric": False,
            "thickness": 2,
            "width": 5,
            "color": AXIS,
            "array": [high - share for share, (_, high) in zip(accuracy, intervals, strict=True)],
            "arrayminus": [share - low for share, (low, _) in zip(accuracy, intervals, strict=True)],
        },
        customdata=list(intervals),
        hovertemplate="%{y}: %{x:.2%}<br>95%: %{customdata[0]:.2%} to %{customdata[1]:.2%}<extra></extra>",
    )
    for name, share, (_, high) in zip(names, accuracy, intervals, strict=True):
        fig.add_annotation(x=high, y=name, text=f"<b>{percent(share)}</b>", showarrow=False, xanchor="left", xshift=8)
    fig.add_vline(x=guessing, line_dash="dot", line_width=1.6, line_color=GRAY)
    fig.update_xaxes(tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", fixedrange=True)
    fig.update_yaxes(type="category", autorange="reversed", showgrid=False, fixedrange=True)
    return fig.update_layout(bargap=0.35, dragmode=False)
