"""Two networks on the same images as a board of four fields: who read how many."""

from collections.abc import Mapping

import plotly.graph_objects as go

from core.charts.palette import BLUE, GRAY, GREEN, ORANGE
from core.charts.style import figure

COLORS = {"both": GREEN, "only A": BLUE, "only B": ORANGE, "neither": GRAY}
_FIELDS = {"both": (0, 0), "only B": (1, 0), "only A": (0, 1), "neither": (1, 1)}  # column (A), row (B)


def both_board(counts: Mapping[str, int], chosen: str, *, height: int = 230) -> go.Figure:
    """counts: number of images of "both", "only A", "only B", "neither". chosen: the field that is lit.

    Columns: whether A read them; rows: whether B did.
    """
    fig = figure(height=height, x_range=(-0.5, 1.5), y_range=(1.5, -0.5))
    for group, (column, row) in _FIELDS.items():
        lit = group == chosen
        fig.add_shape(
            type="rect",
            x0=column - 0.47,
            x1=column + 0.47,
            y0=row - 0.45,
            y1=row + 0.45,
            fillcolor=COLORS[group],
            opacity=0.5 if lit else 0.18,
            line_width=0,
            layer="below",
        )
        fig.add_annotation(x=column, y=row, text=f"<b>{counts[group]:,}</b><br>{group}", showarrow=False, font_size=16)
    fig.add_scatter(
        x=[place[0] for place in _FIELDS.values()],
        y=[place[1] for place in _FIELDS.values()],
        mode="markers",
        marker={"size": 70, "opacity": 0},
        customdata=list(_FIELDS),
        hovertemplate="%{customdata}<extra></extra>",
    )
    fig.update_xaxes(tickvals=[0, 1], ticktext=["A read it", "A did not"], side="top", showline=False, fixedrange=True)
    fig.update_yaxes(
        tickvals=[0, 1], ticktext=["B read it", "B did not"], showgrid=False, tickangle=-90, fixedrange=True
    )
    return fig.update_layout(dragmode=False)
