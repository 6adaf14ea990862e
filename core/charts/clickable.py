"""Make the cells of a heat map answer to a click: Streamlit reports clicks on markers only."""

import numpy as np
import plotly.graph_objects as go


def clickable_cells(fig: go.Figure, rows: int, columns: int, *, size: int = 30) -> go.Figure:
    """Lay an invisible marker over each cell; a selected point's `y` and `x` name its row and column.

    The markers catch the mouse, so they take over the heat map's hover text and its `customdata`.
    """
    heat = fig.data[0]
    row, column = (grid.flatten() for grid in np.mgrid[0:rows, 0:columns])
    fig.add_scatter(
        x=[heat.x[i] for i in column],
        y=[heat.y[i] for i in row],
        mode="markers",
        marker={"size": size, "symbol": "square", "opacity": 0.0},
        selected={"marker": {"opacity": 0.0}},
        unselected={"marker": {"opacity": 0.0}},
        customdata=np.asarray(heat.customdata).reshape(rows * columns, -1),
        hovertemplate=heat.hovertemplate,
        showlegend=False,
    )
    heat.hoverinfo, heat.hovertemplate = "skip", None
    return fig.update_layout(clickmode="event+select")


def mark_cell(fig: go.Figure, row: int, column: int, color: str) -> go.Figure:
    """Draw a frame around one cell."""
    return fig.add_shape(
        type="rect", x0=column - 0.5, x1=column + 0.5, y0=row - 0.5, y1=row + 0.5, line={"color": color, "width": 2.5}
    )
