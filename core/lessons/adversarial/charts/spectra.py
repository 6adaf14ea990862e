"""Spectra: how a picture's energy is shared out among slow and fast waves."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import BLUE, GRAY, GREEN, ORANGE, SEQUENTIAL
from core.charts.style import add_line, bare, figure

GAP: Final = 3  # cells between two pictures
LEAST: Final = 1e-9  # shares below are rounding
FAINTEST: Final = -5.0  # powers of ten: shares below are as good as none
#: What a spectrum is of: its color.
COLORS: Final = {"image": GREEN, "gradient": ORANGE, "sign of the gradient": BLUE}


def spectra_figure(densities: Mapping[str, ArrayLike], *, cutoff: float, height: int = 330) -> go.Figure:
    """densities: name → (R,) share of the energy per frequency in the rings 0 … R − 1, on a log axis.

    Everything above the cut-off is shaded. White noise, the same at every frequency, is the dotted line.
    """
    rings = len(np.asarray(next(iter(densities.values()))))
    values = [np.asarray(density, dtype=float) for density in densities.values()]
    known = np.concatenate([value[value > LEAST] for value in values] + [np.full(1, 1 / 784)])
    low, high = float(known.min()), float(known.max())
    fig = figure(
        height=height,
        x_title="frequency (waves across the picture)",
        y_title="share per frequency",
        log_y=True,
        x_range=(0, rings - 1),
        y_range=(low / 1.6, high * 1.6),
        legend=True,
    )
    fig.update_yaxes(title_standoff=18, dtick=1)
    fig.add_vrect(x0=cutoff, x1=rings - 1, fillcolor=GRAY, opacity=0.13, line_width=0)
    fig.add_vline(x=cutoff, line_dash="dot", line_width=1.6, line_color=GRAY)
    for name, density in zip(densities, values, strict=True):
        shown = np.where(density > LEAST, density, np.nan)
        color = COLORS.get(name, GRAY)
        add_line(fig, range(rings), shown, name=name, color=color, label=False, hover="%{text} of its energy")
    add_line(
        fig,
        range(rings),
        np.full(rings, 1 / 784),
        name="white noise",
        color=GRAY,
        label=False,
        dash="dot",
        width=1.6,
        hover="%{text} of its energy",
    )
    return fig


def spectrum_pictures_figure(shares: Mapping[str, ArrayLike], *, cutoff: float, height: int = 165) -> go.Figure:
    """shares: name → (28, 28) with the lowest frequency in the middle, side by side, on a logarithmic scale
    from 10⁻⁵ to 10⁻¹; the circles are the cut-off."""
    fig = figure(height=height)
    for place, (name, share) in enumerate(shares.items()):
        cells = np.asarray(share, dtype=float)
        side = len(cells)
        middle = place * (side + GAP)
        waves = np.arange(side) - side // 2
        down, across = np.meshgrid(waves, waves, indexing="ij")
        fig.add_heatmap(
            z=np.log10(np.maximum(cells, 10**FAINTEST)),
            x=waves + middle,
            y=waves,
            zmin=FAINTEST,
            zmax=-1,
            colorscale=[list(stop) for stop in SEQUENTIAL],
            showscale=False,
            zsmooth=False,
            customdata=np.stack([cells, np.hypot(down, across), across, down], axis=-1),
            hovertemplate="%{customdata[2]} waves across, %{customdata[3]} down: %{customdata[1]:.1f}<br>"
            "%{customdata[0]:.2p} of the energy<extra></extra>",
        )
        fig.add_shape(
            type="circle",
            x0=middle - cutoff,
            x1=middle + cutoff,
            y0=-cutoff,
            y1=cutoff,
            line={"color": "white", "width": 1.6},
        )
        fig.add_annotation(
            x=middle - 0.5, y=-side // 2 - 0.5, text=name, showarrow=False, yanchor="bottom", font_size=12
        )
    return bare(fig).update_layout(margin_t=34)
