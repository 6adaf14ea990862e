"""Accuracy digit by digit, each with its interval."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.palette import DIGITS, GRAY
from core.charts.style import figure
from core.formatting import interval, percent


def digit_accuracy_figure(
    accuracy: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    counts: Sequence[int],
    overall: float,
    *,
    height: int = 300,
) -> go.Figure:
    """accuracy (10,) as fractions with 95% intervals and image counts; a line at the overall accuracy.

    Dots, not bars: the axis begins where the intervals do, and a bar would lie about its length.
    """
    low = min(min(bottom for bottom, _ in intervals), overall)
    room = 0.06 * (1 - low) or 0.01
    fig = figure(
        height=height,
        x_title="digit",
        y_title="read correctly",
        percent_y=True,
        x_range=(-0.6, len(accuracy) - 0.4),
        y_range=(max(0.0, low - room), 1.0 + room),
    )
    for digit, (share, (bottom, high), count) in enumerate(zip(accuracy, intervals, counts, strict=True)):
        fig.add_scatter(
            x=[digit],
            y=[share],
            mode="markers",
            name=str(digit),
            marker={"size": 12, "color": DIGITS[digit]},
            error_y={
                "type": "data",
                "array": [high - share],
                "arrayminus": [share - bottom],
                "thickness": 3,
                "width": 6,
                "color": DIGITS[digit],
            },
            hovertemplate=f"<b>{digit}</b> {percent(share, 2)} of {count:,} images"
            f"<br>95% interval {interval(bottom, high, 2)}<extra></extra>",
        )
    fig.add_hline(y=overall, line_dash="dot", line_width=1.6, line_color=GRAY)
    fig.add_annotation(
        x=1,
        xref="paper",
        y=overall,
        text=f"all<br>{percent(overall)}",
        showarrow=False,
        align="left",
        xanchor="left",
        xshift=6,
        font_size=12,
    )
    fig.update_layout(margin_r=58)
    fig.update_xaxes(tickmode="linear", dtick=1)
    return fig.update_layout(dragmode=False)
