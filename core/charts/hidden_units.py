"""A layer's units as a grid of squares, each as bright as it fires."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import DIVERGING, SEQUENTIAL
from core.charts.style import bare, figure

CELL = 17  # screen pixels a row


def unit_grid_figure(values: ArrayLike, *, limits: tuple[float, float], columns: int | None = None) -> go.Figure:
    """values (N,): activations, unit 0 top left. Limits that reach below zero give the diverging scale."""
    numbers = np.asarray(values, dtype=float)
    if columns is None:
        columns = min(len(numbers), 20 if len(numbers) <= 200 else 32)
    rows = -(-len(numbers) // columns)
    cells = np.full(rows * columns, np.nan)
    cells[: len(numbers)] = numbers
    index = np.arange(rows * columns).reshape(rows, columns)
    fig = figure(height=max(40, CELL * rows + 4))
    scale = DIVERGING if limits[0] < 0 else SEQUENTIAL
    top = max(abs(limits[0]), abs(limits[1])) or 1.0
    fig.add_heatmap(
        z=cells.reshape(rows, columns),
        zmin=-top if limits[0] < 0 else 0.0,
        zmax=top,
        colorscale=[list(stop) for stop in scale],
        showscale=False,
        xgap=1,
        ygap=1,
        customdata=index,
        hoverongaps=False,
        hovertemplate="unit %{customdata}: %{z:.3f}<extra></extra>",
    )
    bare(fig)
    return fig.update_yaxes(scaleanchor=None)
