"""Charts of the explorer: counts, pixel values, an image as a vector, a shuffled training."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import BLUE, GRAY, GREEN, SPLITS
from core.charts.series import add_line
from core.charts.style import AXIS, bare, figure, write_all


def class_counts_figure(train: ArrayLike, test: ArrayLike, *, height: int = 300) -> go.Figure:
    """Bars for ten digits: (10,) counts of training images, and of test images beside them."""
    fig = figure(height=height, x_title="digit", y_title="images", legend=True)
    digits = [str(digit) for digit in range(10)]
    for name, split, counts in (("training", "train", train), ("test", "test", test)):
        numbers = np.asarray(counts)
        fig.add_bar(
            x=digits,
            y=numbers,
            name=name,
            marker_color=SPLITS[split],
            customdata=numbers / max(1, numbers.sum()),
            hovertemplate=f"%{{y:,}} {name} images of %{{x}} (%{{customdata:.2%}})<extra></extra>",
        )
    fig.update_xaxes(type="category")
    fig.update_yaxes(tickformat=",")
    return fig


def pixel_histogram_figure(
    edges: ArrayLike,
    share: ArrayLike,
    *,
    mean: float,
    std: float,
    normalized: bool,
    split: str,
    log_y: bool = True,
    height: int = 270,
) -> go.Figure:
    """Share of pixels in each bin (B,) between `edges` (B + 1,), with the mean and one deviation each side.

    split: "train" or "test", for the color.

    `normalized` draws the same bars on the axis (x − mean) / std: nothing changes but the ruler.
    """
    raw, parts = np.asarray(edges, dtype=float), np.asarray(share, dtype=float)
    ruler = (raw - mean) / std if normalized else raw
    at, spread = (0.0, 1.0) if normalized else (mean, std)
    fig = figure(
        height=height,
        x_title="normalized value (x − mean) / std" if normalized else "pixel value x (0 paper, 1 ink)",
        y_title="share of pixels",
        log_y=log_y,
        y_range=(1e-3, 1.0) if log_y else (0.0, 1.0),
        x_range=(ruler[0] - 0.03 * np.ptp(ruler), ruler[-1] + 0.03 * np.ptp(ruler)),
    )
    fig.add_bar(
        x=(ruler[:-1] + ruler[1:]) / 2,
        y=parts,
        width=np.diff(ruler),
        marker_color=SPLITS[split],
        marker_line_width=0,
        customdata=np.column_stack([ruler[:-1], ruler[1:]]),
        hovertemplate="%{customdata[0]:.2f} to %{customdata[1]:.2f}: %{y:.2%} of all pixels<extra></extra>",
    )
    fig.add_vrect(
        x0=max(at - spread, ruler[0]), x1=at + spread, fillcolor="gray", opacity=0.14, line_width=0, layer="below"
    )
    fig.add_vline(x=at, line_width=1.6, line_dash="dot", line_color="gray")
    fig.add_annotation(
        x=at,
        y=1,
        yref="paper",
        text=f"mean {at:.4g}, ± {spread:.4g}",
        showarrow=False,
        xanchor="left",
        yanchor="top",
        xshift=6,
    )
    return fig.update_yaxes(tickformat="~%").update_layout(bargap=0)


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


DASHES = ("solid", "dash", "dot", "dashdot")


def accuracy_comparison_figure(curves: Mapping[str, Sequence[float]], *, height: int = 300) -> go.Figure:
    """One line a name, with a dash of its own: accuracy (fractions) at the start and after each epoch."""
    longest = max(len(curve) for curve in curves.values())
    fig = figure(
        height=height,
        x_title="epochs",
        y_title="test accuracy",
        x_range=(0.0, longest - 1.0),
        y_range=(0.0, 1.02),
        percent_y=True,
        legend=True,
    )
    for (name, curve), dash in zip(curves.items(), DASHES, strict=False):
        add_line(
            fig, range(len(curve)), curve, name=name, color=SPLITS["test"], dash=dash, label=False, hover="%{y:.2%}"
        )
    return fig.update_xaxes(dtick=1)
