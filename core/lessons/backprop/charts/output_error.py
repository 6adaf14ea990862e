"""What is sent back from the outputs: one bar for each class, up or down."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.palette import DIVERGING, GRAY
from core.charts.style import figure

BELOW, ABOVE = DIVERGING[1][1], DIVERGING[3][1]


def output_error_figure(
    errors: Sequence[float], *, label: int, y_title: str, fixed: bool, height: int = 260
) -> go.Figure:
    """errors (K,): ŷ − y for each class; that of the `label` is named. fixed: the axis is −1…1."""
    names = [str(k) for k in range(len(errors))]
    fig = figure(height=height, x_title="class", y_title=y_title, y_range=(-1.15, 1.15) if fixed else None)
    fig.add_bar(
        x=names,
        y=list(errors),
        marker_color=[ABOVE if e > 0 else BELOW for e in errors],
        marker_line_width=0,
        hovertemplate="class %{x}: %{y:+.4f}<extra></extra>",
    )
    fig.add_hline(y=0, line_width=1, line_color=GRAY)
    below = errors[label] < 0
    fig.add_annotation(
        x=names[label],
        y=errors[label],
        text="the label",
        showarrow=False,
        yanchor="top" if below else "bottom",
        yshift=-2 if below else 2,
        font_size=12,
    )
    return fig.update_xaxes(type="category").update_layout(dragmode=False)
