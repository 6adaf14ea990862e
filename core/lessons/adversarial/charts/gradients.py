"""What a gradient says of an attack: the rise of the loss to first order, and its frequencies."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import BLUE, GRAY, GREEN, ORANGE, SEQUENTIAL, VIOLET
from core.charts.series import add_band, add_line
from core.charts.style import bare, figure
from core.lessons.backprop.charts.gradients import Banded

NAMES: Final = {
    "predicted": "promised: ε‖g‖₁",
    "clipped": "promised after clipping",
    "actual": "FGSM, measured",
    "mean": "random signs, mean",
}
LOOKS: Final = {
    "predicted": (ORANGE, "dash"),
    "clipped": (VIOLET, "dot"),
    "actual": (BLUE, "solid"),
    "mean": (GRAY, "solid"),
}


class Rises(Banded, Protocol):
    """Rises in nats, one entry an ε; the band: of random signs a mean, and where 95% of them lie."""

    @property
    def epsilons(self) -> Sequence[float]: ...
    @property
    def predicted(self) -> Sequence[float]: ...
    @property
    def clipped(self) -> Sequence[float]: ...
    @property
    def actual(self) -> Sequence[float]: ...


def loss_rise_figure(rises: Rises, *, marked: float, log: bool = False, height: int = 360) -> go.Figure:
    """Four lines over ε, the band of the random signs, and a dotted upright at ε = `marked`.

    log: a logarithmic axis of rises, on which what is not above 0 is missing.
    """
    x = np.asarray(rises.epsilons, dtype=float)
    lines = {part: np.asarray(getattr(rises, part), dtype=float) for part in (*NAMES, "low", "high")}
    fig = figure(
        height=height,
        x_title="ε (a pixel's range is 1)",
        y_title="rise of the loss (nats)",
        log_y=log,
        x_range=(0.0, float(x[-1])),
        legend=True,
    )
    low, high, inside = lines["low"], lines["high"], np.full(x.shape, True)
    if log:
        fig.update_yaxes(title_standoff=18, dtick=1)
        lines = {part: np.where(x > 0, values, np.nan) for part, values in lines.items()}  # 0 is rounding
        low, high = lines["low"], lines["high"]
        least = min((values[values > 0].min() for values in lines.values() if (values > 0).any()), default=1.0)
        lines = {part: np.where(values > 0, values, np.nan) for part, values in lines.items()}
        low, inside = np.maximum(low, least), high >= least
    add_band(fig, x[inside], low[inside], high[inside], GRAY, share=0.25)
    for part, name in NAMES.items():
        color, dash = LOOKS[part]
        width = 3.2 if part == "actual" else 2.2
        add_line(
            fig, x, lines[part], name=name, color=color, dash=dash, label=False, width=width, hover="%{y:+.3g} nats"
        )
    if marked <= x[-1]:
        fig.add_vline(x=marked, line_dash="dot", line_width=1.6, line_color=GRAY)
    return fig if log else fig.add_hline(y=0, line_width=1, line_color="rgba(128,140,152,0.55)")


def shares_figure(shares: ArrayLike, *, half: int, height: int = 220) -> go.Figure:
    """shares (P,) ascending to 1: how much of the promise the strongest pixels make up; `half` of them make
    up a half."""
    values = list(map(float, shares))  # type: ignore[arg-type]
    fig = figure(
        height=height,
        x_title="pixels, the strongest first",
        y_title="share of the promise",
        percent_y=True,
        x_range=(0, len(values)),
        y_range=(0, 1.02),
    )
    add_line(fig, range(1, len(values) + 1), values, name="FGSM's pixels", color=GREEN, label=False, hover="%{y:.2%}")
    fig.add_vline(x=half, line_dash="dot", line_width=1.4, line_color=GRAY)
    fig.add_annotation(x=half, y=0.5, text=f"half of it: {half} pixels", showarrow=False, xanchor="left", xshift=8)
    return fig


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
