"""Where a layer's inputs lie, under the curve that says how much gradient passes there."""

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.palette import GRAY, ORANGE
from core.charts.style import figure

Floats = NDArray[np.float64]


def slope_figure(values: ArrayLike, slope: Callable[[Floats], ArrayLike], *, name: str, height: int = 240) -> go.Figure:
    """Histogram of pre-activations `values` (any shape), scaled to the height of `slope`'s curve.

    slope: places (P,) → the activation's derivative there (P,).
    """
    points = np.asarray(values, dtype=float).ravel()
    reach = max(6.0, float(np.quantile(np.abs(points), 0.995)))
    grid = np.linspace(-reach, reach, 401)
    curve = np.asarray(slope(grid), dtype=float)
    counts, edges = np.histogram(points, bins=60, range=(-reach, reach))
    tall = counts / max(1, counts.max()) * curve.max()
    fig = figure(
        height=height,
        x_title="pre-activation h",
        y_title="slope",
        x_range=(-reach, reach),
        y_range=(min(0.0, float(curve.min())), 1.08 * float(curve.max())),
        legend=True,
    )
    fig.add_bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=tall,
        width=np.diff(edges),
        marker_color=GRAY,
        marker_line_width=0,
        opacity=0.55,
        name="inputs h before training",
        customdata=counts / max(1, len(points)),
        hovertemplate="%{customdata:.2%} of all h near %{x:.2f}<extra></extra>",
    )
    fig.add_scatter(
        x=grid,
        y=curve,
        mode="lines",
        name=name,
        line={"color": ORANGE, "width": 2.4},
        hovertemplate="at h = %{x:.2f} the slope is %{y:.4f}<extra></extra>",
    )
    return fig.update_layout(bargap=0)
