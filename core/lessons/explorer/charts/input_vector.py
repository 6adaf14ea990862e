"""An image as the network has it: a row of 784 numbers, and its label as a row of ten."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.annotations import write_all
from core.charts.palette import BLUE, GRAY, GREEN
from core.charts.style import AXIS, bare, figure


def pixel_vector_figure(image: ArrayLike, *, row: int | None = None, height: int = 210) -> go.Figure:
    """The 784 numbers of an image (H, W) in a line, its rows laid end to end; `row` is marked."""
    pixels = np.asarray(image, dtype=float)
    high, wide = pixels.shape
    rows = np.repeat(np.arange(high), wide)
    columns = np.tile(np.arange(wide), high)
    fig = figure(
        height=height,
        x_title="place in the vector",
        y_title="pixel value",
        x_range=(0.0, high * wide),
        y_range=(0.0, 1.05),
    )
    marked = rows == row
    fig.add_bar(
        x=np.arange(high * wide) + 0.5,
        y=pixels.flatten(),
        width=1.0,
        marker_line_width=0,
        marker_color=np.where(marked, GREEN, BLUE).tolist(),
        customdata=np.column_stack([rows, columns]),
        hovertemplate="row %{customdata[0]}, column %{customdata[1]}: %{y:.3f}<extra></extra>",
    )
    if row is not None:
        fig.add_vrect(x0=row * wide, x1=(row + 1) * wide, fillcolor=GREEN, opacity=0.16, line_width=0)
    fig.update_xaxes(tickvals=[*range(0, high * wide, 4 * wide), high * wide], ticks="outside", tickcolor=AXIS)
    return fig.update_layout(bargap=0)


def one_hot_figure(label: int, *, classes: int = 10, height: int = 92) -> go.Figure:
    """Ten squares, one a class: 1 at the label, 0 elsewhere."""
    values = np.zeros((1, classes))
    values[0, label] = 1
    fig = figure(height=height)
    fig.add_heatmap(
        z=values,
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=4,
        colorscale=[[0, "rgba(128,140,152,0.16)"], [1, BLUE]],
        hovertemplate="y[%{x}] = %{z}<extra></extra>",
    )
    notes: list[dict[str, Any]] = []
    for digit in range(classes):
        hot = digit == label
        font = {"size": 17, "color": "#FFFFFF" if hot else GRAY}
        notes.append({"x": digit, "y": 0, "text": "1" if hot else "0", "font": font})
        notes.append({"x": digit, "y": 0.5, "yanchor": "top", "text": str(digit), "font": {"size": 12}})
    write_all(fig, notes)
    bare(fig)
    fig.update_yaxes(scaleanchor=None, range=[0.95, -0.5], autorange=False)
    return fig
