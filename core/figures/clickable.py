"""Make the cells of a heat map answer to a click: Streamlit reports clicks on markers only."""

import numpy as np
import plotly.graph_objects as go


def clickable_cells(fig: go.Figure, rows: int, columns: int, *, size: int = 30) -> go.Figure:
    """Lay an invisible marker over each cell; a selected point's `customdata` is [row, column].

    Hovering passes through to the heat map below only where its own hover text is copied, so the markers
    take over: `hovertemplate` and `customdata` of the first trace are shown by them.
    """
    heat = fig.data[0]
    row, column = (grid.flatten() for grid in np.mgrid[0:rows, 0:columns])
    extra = np.asarray(heat.customdata).reshape(rows * columns, -1)
    template = str(heat.hovertemplate)
    for number in reversed(range(extra.shape[1])):
        template = template.replace(f"%{{customdata[{number}]", f"%{{customdata[{number + 2}]")
    fig.add_scatter(
        x=[heat.x[i] for i in column],
        y=[heat.y[i] for i in row],
        mode="markers",
        marker={"size": size, "symbol": "square", "opacity": 0.0},
        selected={"marker": {"opacity": 0.0}},
        unselected={"marker": {"opacity": 0.0}},
        customdata=np.column_stack([row, column, extra]),
        hovertemplate=template,
        showlegend=False,
    )
    heat.hoverinfo, heat.hovertemplate = "skip", None
    return fig.update_layout(clickmode="event+select")


def mark_cell(fig: go.Figure, row: int, column: int, color: str) -> go.Figure:
    """Draw a frame around one cell."""
    return fig.add_shape(
        type="rect", x0=column - 0.5, x1=column + 0.5, y0=row - 0.5, y1=row + 0.5,
        line={"color": color, "width": 2.5},
    )  # fmt: skip
