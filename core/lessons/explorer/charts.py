"""Charts of the explorer: counts, pixel values, an image as a vector, a shuffled training."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import BLUE, GRAY, GREEN, SPLITS
from core.charts.series import bar, line, series, upright, zone
from core.charts.style import AXIS, heat, image_figure, note

DASHES = ("solid", "dash", "dot", "dashdot")


def class_counts_figure(train: ArrayLike, test: ArrayLike, *, height: int = 200) -> go.Figure:
    """Bars for ten digits: (10,) counts of training images, and of test images beside them."""
    digits = [str(digit) for digit in range(10)]
    traces = []
    for name, split, counts in (("training", "train", train), ("test", "test", test)):
        numbers = np.asarray(counts)
        share = numbers / max(1, numbers.sum())
        hover = f"%{{y:,}} {name} images of %{{x}} (%{{customdata:.2%}})"
        traces.append(bar(digits, numbers, name, SPLITS[split], customdata=share, hover=hover))
    return series(
        traces,
        height=height,
        x_title="digit",
        y_title="images per class",
        legend=True,
        x_axis={"type": "category"},
        y_axis={"tickformat": ","},
    )


def pixel_histogram_figure(
    edges: ArrayLike,
    share: ArrayLike,
    *,
    mean: float,
    std: float,
    normalized: bool,
    split: str,
    log_y: bool = True,
    height: int = 195,
) -> go.Figure:
    """Share of pixels in each bin (B,) between `edges` (B + 1,), with the mean and one deviation each side.

    split: "train" or "test", for the color. `normalized` draws the same bars on the axis (x − mean) / std:
    nothing changes but the axis.
    """
    raw = np.asarray(edges, dtype=float)
    axis = (raw - mean) / std if normalized else raw
    at, spread = (0.0, 1.0) if normalized else (mean, std)
    columns = bar(
        (axis[:-1] + axis[1:]) / 2,
        np.asarray(share, dtype=float),
        "",
        SPLITS[split],
        width=np.diff(axis),
        marker={"line": {"width": 0}},
        customdata=np.column_stack([axis[:-1], axis[1:]]),
        hover="%{customdata[0]:.2f} to %{customdata[1]:.2f}: %{y:.2%} of all pixels",
    )
    words = f"mean {at:.4g}, standard deviation {spread:.4g}"
    return series(
        [columns],
        [
            zone(max(at - spread, axis[0]), at + spread, "gray"),
            upright(at, "gray"),
            note(words, at, 1, yref="paper", xanchor="left", yanchor="top", xshift=6),
        ],
        height=height,
        x_title="normalized value (x − μ) / σ" if normalized else "pixel value x (0 black, 1 white)",
        y_title="share of pixels",
        log_y=log_y,
        y_range=(1e-3, 1.0) if log_y else (0.0, 1.0),
        x_range=(axis[0] - 0.03 * np.ptp(axis), axis[-1] + 0.03 * np.ptp(axis)),
        y_axis={"tickformat": "~%"},
        bargap=0,
    )


def pixel_vector_figure(image: ArrayLike, *, row: int | None = None, height: int = 150) -> go.Figure:
    """The 784 numbers of an image (H, W) in a line, its rows laid end to end; `row` is marked."""
    pixels = np.asarray(image, dtype=float)
    high, wide = pixels.shape
    rows, columns = (places.flatten() for places in np.indices(pixels.shape))
    values = bar(
        np.arange(high * wide) + 0.5,
        pixels.flatten(),
        "",
        np.where(rows == row, GREEN, BLUE).tolist(),
        width=1.0,
        marker={"line": {"width": 0}},
        customdata=np.column_stack([rows, columns]),
        hover="row %{customdata[0]}, column %{customdata[1]}: %{y:.3f}",
    )
    return series(
        [values],
        [] if row is None else [zone(row * wide, (row + 1) * wide, GREEN, opacity=0.16, below=False)],
        height=height,
        x_title="position in the vector",
        y_title="pixel value",
        x_range=(0.0, high * wide),
        y_range=(0.0, 1.05),
        x_ticks=[*range(0, high * wide, 4 * wide), high * wide],
        x_axis={"ticks": "outside", "tickcolor": AXIS},
        bargap=0,
    )


def one_hot_figure(label: int, *, classes: int = 10, height: int = 92) -> go.Figure:
    """Ten squares, one a class: 1 at the label, 0 elsewhere."""
    values = np.zeros((1, classes))
    values[0, label] = 1
    notes = []
    for digit in range(classes):
        notes.append(note(f"{values[0, digit]:.0f}", digit, 0, size=17, color="#FFFFFF" if digit == label else GRAY))
        notes.append(note(str(digit), digit, 0.5, yanchor="top"))
    cells = heat(values, ((0, "rgba(128,140,152,0.16)"), (1, BLUE)), 0, 1, xgap=4, hover="y[%{x}] = %{z}")
    return image_figure([cells], notes, height=height, square=False, y_axis={"range": [0.95, -0.5], "autorange": False})


def accuracy_comparison_figure(curves: Mapping[str, Sequence[float]], *, height: int = 300) -> go.Figure:
    """One line a name, with a dash of its own: accuracy (fractions) at the start and after each epoch."""
    longest = max(len(curve) for curve in curves.values())
    return series(
        [
            line(range(len(curve)), curve, name, SPLITS["test"], dash=dash, hover="%{y:.2%}")
            for (name, curve), dash in zip(curves.items(), DASHES, strict=False)
        ],
        height=height,
        x_title="epochs",
        y_title="test accuracy",
        x_range=(0.0, longest - 1.0),
        y_range=(0.0, 1.02),
        percent_y=True,
        legend=True,
        x_axis={"dtick": 1},
    )
