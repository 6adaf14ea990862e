"""Accuracy digit by digit, each with its interval."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.figures.palette import DIGITS, GRAY
from core.figures.template import figure


def digit_accuracy_figure(
    accuracy: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    counts: Sequence[int],
    overall: float,
    *,
    height: int = 300,
) -> go.Figure:
    """accuracy (10,) as fractions with 95 % intervals and image counts; a line at the overall accuracy.

    The bars hang between the lowest interval and 100 %: what differs is shown, and the axis says so.
    """
    low = min(min(a for a, _ in intervals), overall)
    floor = max(0.0, low - 0.15 * (1 - low))
    names = [str(digit) for digit in range(len(accuracy))]
    fig = figure(
        height=height, x_title="digit", y_title="read correctly (axis is cut off below)",
        y_range=(floor, 1.0 + 0.03 * (1 - floor)), percent_y=True,
    )  # fmt: skip
    fig.add_bar(
        x=names,
        y=[share - floor for share in accuracy],
        base=floor,
        marker_color=list(DIGITS),
        error_y={
            "type": "data",
            "array": [high - share for share, (_, high) in zip(accuracy, intervals, strict=True)],
            "arrayminus": [share - bottom for share, (bottom, _) in zip(accuracy, intervals, strict=True)],
            "thickness": 1.6,
            "width": 5,
            "color": GRAY,
        },
        customdata=[
            [share, bottom, high, count]
            for share, (bottom, high), count in zip(accuracy, intervals, counts, strict=True)
        ],
        hovertemplate="%{x}: %{customdata[0]:.2%} of %{customdata[3]:,} images"
        "<br>95 % interval %{customdata[1]:.2%} to %{customdata[2]:.2%}<extra></extra>",
    )
    fig.add_hline(y=overall, line_dash="dot", line_width=1.6, line_color=GRAY)
    fig.add_annotation(
        x=1, xref="paper", y=overall, text=f"all digits {overall:.2%}", showarrow=False,
        xanchor="right", yanchor="bottom", font_size=12,
    )  # fmt: skip
    fig.update_xaxes(type="category")
    return fig.update_layout(dragmode=False)
