"""Accuracy by the length of a word, with intervals."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.palette import BLUE, GRAY
from core.charts.style import figure


def length_accuracy_figure(
    lengths: Sequence[int],
    accuracy: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    counts: Sequence[int],
    overall: float,
    *,
    height: int = 290,
) -> go.Figure:
    """accuracy (fractions) of words of each length, 95% intervals and counts; a line for all words."""
    low = min([bottom for bottom, _ in intervals] + [overall])
    fig = figure(
        height=height,
        x_title="letters of the word",
        y_title="guessed rightly",
        percent_y=True,
        x_range=(min(lengths) - 0.6, max(lengths) + 0.6),
        y_range=(max(0.0, low - 0.05), 1.03),
    )
    fig.add_scatter(
        x=list(lengths),
        y=list(accuracy),
        mode="lines+markers",
        line={"color": BLUE, "width": 1.4},
        marker_size=9,
        customdata=[(*ends, n) for ends, n in zip(intervals, counts, strict=True)],
        error_y={
            "type": "data",
            "thickness": 2,
            "width": 5,
            "color": BLUE,
            "array": [high - share for share, (_, high) in zip(accuracy, intervals, strict=True)],
            "arrayminus": [share - bottom for share, (bottom, _) in zip(accuracy, intervals, strict=True)],
        },
        hovertemplate="%{x} letters: %{y:.2%} of %{customdata[2]:,} words<br>"
        "95% interval %{customdata[0]:.2%} to %{customdata[1]:.2%}<extra></extra>",
    )
    fig.add_hline(y=overall, line_dash="dot", line_width=1.6, line_color=GRAY)
    return fig.update_xaxes(dtick=1).update_layout(dragmode=False)
