"""A picture or a map whose cells one can point at, and the window that a cell looks at, framed."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.clickable import clickable_cells
from core.charts.palette import GREEN, Scale
from core.charts.style import bare, figure

DIM = "rgba(128, 140, 152, 0.55)"  # what is padding, over its black zeros


def picked_map_figure(
    values: ArrayLike,
    name: str,
    *,
    scale: Scale,
    limits: tuple[float, float],
    frame: tuple[int, int, int] | None = None,
    border: int = 0,
    click: bool = False,
    height: int = 300,
) -> go.Figure:
    """values (R, C) as square cells, called "name[row, column]" on hover.

    frame: (top, left, side) in cells of a framed window. border: outer rows and columns that are padding:
    dimmed, and not counted by the hover text (they have negative places or ones past the end). click: cells
    can be selected; a selected point's y and x are its row and column.
    """
    cells = np.asarray(values, dtype=float)
    rows, columns = cells.shape
    fig = figure(height=height)
    fig.add_heatmap(
        z=cells,
        x=list(range(columns)),
        y=list(range(rows)),
        zmin=limits[0],
        zmax=limits[1],
        colorscale=[list(stop) for stop in scale],
        showscale=False,
        zsmooth=False,
        customdata=np.stack([*(np.indices(cells.shape) - border), cells], axis=-1),
        hovertemplate=f"{name}[%{{customdata[0]}}, %{{customdata[1]}}] = %{{customdata[2]:.4g}}<extra></extra>",
    )
    bare(fig)
    if click:
        clickable_cells(fig, rows, columns, size=max(6, min(30, (height - 20) // rows)))
        # The markers would have the axes leave room around them.
        fig.update_xaxes(range=[-0.5, columns - 0.5])
        fig.update_yaxes(autorange=None, range=[rows - 0.5, -0.5])
    for top, left, bottom, right in _rim(rows, columns, border):
        fig.add_shape(
            type="rect", x0=left - 0.5, x1=right + 0.5, y0=top - 0.5, y1=bottom + 0.5, line_width=0, fillcolor=DIM
        )
    if frame is not None:
        top, left, side = frame
        fig.add_shape(
            type="rect",
            x0=left - 0.5,
            x1=left + side - 0.5,
            y0=top - 0.5,
            y1=top + side - 0.5,
            line={"color": GREEN, "width": 3},
        )
    return fig


def _rim(rows: int, columns: int, border: int) -> list[tuple[int, int, int, int]]:
    """Four bars (first row, first column, last row, last column) that make up the border."""
    if border == 0:
        return []
    inner = rows - border - 1
    return [
        (0, 0, border - 1, columns - 1),
        (rows - border, 0, rows - 1, columns - 1),
        (border, 0, inner, border - 1),
        (border, columns - border, inner, columns - 1),
    ]
