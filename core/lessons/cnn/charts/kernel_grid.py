"""All kernels of a convolution in a grid: a row an input channel, a column an output channel."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import DIVERGING
from core.charts.style import bare, figure

WIDEST = 72  # screen pixels of a kernel at most


def kernel_grid_figure(
    kernels: ArrayLike, *, inputs: Sequence[int], outputs: Sequence[int], top: float | None = None, width: int = 600
) -> go.Figure:
    """kernels (R, C, k, k): those of input channels `inputs` (R) and output channels `outputs` (C).

    top: the size that has the full color, the same for all; None gives each kernel its own. width: screen
    pixels there are, which decide the height; the picture itself takes what it gets.
    """
    grid = np.asarray(kernels, dtype=float)
    rows, columns, side, _ = grid.shape
    peaks = np.abs(grid).max(axis=(2, 3), keepdims=True)
    tops = np.where(peaks > 0, peaks, 1.0) if top is None else np.full(peaks.shape, top or 1.0)
    gap = 1
    pitch = side + gap
    canvas = np.full((rows * pitch - gap, columns * pitch - gap), np.nan)
    told = np.full((*canvas.shape, 3), np.nan)
    for row, column in np.ndindex(rows, columns):
        at = np.s_[row * pitch : row * pitch + side, column * pitch : column * pitch + side]
        canvas[at] = grid[row, column] / tops[row, column]
        told[at] = np.stack(
            [np.full((side, side), inputs[row]), np.full((side, side), outputs[column]), grid[row, column]], axis=-1
        )
    shown = min(WIDEST, (width - 70) // columns)
    fig = figure(height=rows * shown + 64, x_title="output channel", y_title="input channel")
    fig.add_heatmap(
        z=canvas,
        customdata=told,
        zmin=-1,
        zmax=1,
        showscale=False,
        zsmooth=False,
        hoverongaps=False,
        colorscale=[list(stop) for stop in DIVERGING],
        hovertemplate="from %{customdata[0]} to %{customdata[1]}<br>weight %{customdata[2]:.4f}<extra></extra>",
    )
    bare(fig)
    middle = (side - 1) / 2
    fig.update_xaxes(
        visible=True,
        showline=False,
        showgrid=False,
        side="top",
        tickvals=[i * pitch + middle for i in range(columns)],
        ticktext=[str(i) for i in outputs],
    )
    fig.update_yaxes(
        visible=True,
        showgrid=False,
        constraintoward="top",
        tickvals=[i * pitch + middle for i in range(rows)],
        ticktext=[str(i) for i in inputs],
    )
    fig.update_xaxes(constraintoward="left")
    return fig.update_layout(margin={"l": 4, "r": 4, "t": 4, "b": 4})
