"""Residuals: how far each point lies above or below the curve, along x and counted."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import GRAY, SPLITS
from core.charts.style import figure
from core.lessons.regression.charts.regression_fit import NAMES

Residuals = Mapping[str, tuple[ArrayLike, ArrayLike]]


def residuals_figure(residuals: Residuals, *, noise: float = 0.0, height: int = 250) -> go.Figure:
    """(x, y less the answer) of each split. noise: σ, drawn as the band from −σ to σ."""
    fig = figure(height=height, x_title="x", y_title="y less the answer")
    if noise:
        fig.add_hrect(y0=-noise, y1=noise, fillcolor="rgba(128, 140, 152, 0.16)", line_width=0, layer="below")
    fig.add_hline(y=0, line={"color": GRAY, "width": 1.4})
    for name, (x, y) in residuals.items():
        fig.add_scatter(
            x=np.asarray(x),
            y=np.asarray(y),
            name=NAMES[name],
            mode="markers",
            marker={"color": SPLITS[name], "size": 5, "opacity": 0.7},
            hovertemplate=f"{NAMES[name]}<br>x %{{x:.4g}}: %{{y:.3g}}<extra></extra>",
        )
    return fig


def residual_counts_figure(residuals: Residuals, *, bins: int = 21, height: int = 250) -> go.Figure:
    """How many residuals have which size, by split, in bins symmetric about zero."""
    fig = figure(height=height, x_title="y less the answer", y_title="share of the points", percent_y=True)
    sizes = np.concatenate([np.abs(np.asarray(y, dtype=float)) for _, y in residuals.values()] or [np.zeros(1)])
    top = float(sizes.max(initial=0.0)) or 1.0
    edges = np.linspace(-top, top, bins + 1)
    for name, (_, y) in residuals.items():
        values = np.asarray(y, dtype=float)
        counts, _ = np.histogram(values, edges)
        fig.add_bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=counts / max(1, len(values)),
            name=NAMES[name],
            marker_color=SPLITS[name],
            opacity=0.75,
            customdata=counts,
            hovertemplate=f"{NAMES[name]}: %{{customdata}} points near %{{x:.3g}}<extra></extra>",
        )
    return fig.update_layout(barmode="group", bargap=0.12)
