"""What a gradient says of an attack: the rise of the loss to first order, and its frequencies."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import BLUE, GRAY, GREEN, ORANGE, SEQUENTIAL, VIOLET
from core.charts.series import band, level, line, series, upright, zone
from core.charts.style import AXIS, heat, image_figure, note
from core.formatting import count

#: Part of `Rises`: its name, color and dash.
RISES: Final = {
    "predicted": ("first-order estimate ε‖g‖₁", ORANGE, "dash"),
    "clipped": ("first-order estimate after clipping", VIOLET, "dot"),
    "actual": ("FGSM, measured", BLUE, "solid"),
    "mean": ("random signs, mean", GRAY, "solid"),
}
GAP: Final = 3  # cells between two images
LEAST: Final = 1e-9  # shares below are rounding
FAINTEST: Final = -5.0  # powers of ten: shares below are as good as none
#: What a spectrum is of: its color.
COLORS: Final = {"image": GREEN, "gradient": ORANGE, "sign of the gradient": BLUE}


class Rises(Protocol):
    """Rises in nats, one entry an ε; of random signs a mean, and from low to high where 95% of them lie."""

    @property
    def epsilons(self) -> Sequence[float]: ...
    @property
    def predicted(self) -> Sequence[float]: ...
    @property
    def clipped(self) -> Sequence[float]: ...
    @property
    def actual(self) -> Sequence[float]: ...
    @property
    def mean(self) -> Sequence[float]: ...
    @property
    def low(self) -> Sequence[float]: ...
    @property
    def high(self) -> Sequence[float]: ...


def loss_rise_figure(rises: Rises, *, marked: float, log: bool = False, height: int = 360) -> go.Figure:
    """Four lines over ε, the band of the random signs, and a dotted upright at ε = `marked`.

    log: a logarithmic axis of rises, on which what is not above 0 is missing.
    """
    x = np.asarray(rises.epsilons, dtype=float)
    lines = {part: np.asarray(getattr(rises, part), dtype=float) for part in (*RISES, "low", "high")}
    inside, low = np.full(x.shape, True), lines["low"]
    if log:
        lines = {
            part: np.where((x > 0) & (values > 0), values, np.nan) for part, values in lines.items()
        }  # 0: rounding
        least = min((np.nanmin(values) for values in lines.values() if np.isfinite(values).any()), default=1.0)
        low, inside = np.fmax(lines["low"], least), lines["high"] >= least
    marks = [] if log else [level(0, AXIS, dash="solid", width=1)]
    if marked <= x[-1]:
        marks.append(upright(marked))
    return series(
        [
            band(x[inside], low[inside], lines["high"][inside], GRAY, share=0.25),
            *(
                line(
                    x,
                    lines[part],
                    name,
                    color,
                    dash=dash,
                    width=3.2 if part == "actual" else 2.2,
                    hover="%{y:+.3g} nats",
                )
                for part, (name, color, dash) in RISES.items()
            ),
        ],
        marks,
        height=height,
        x_title="ε (pixel range 0 to 1)",
        y_title="rise of the loss (nats)",
        log_y=log,
        x_range=(0.0, float(x[-1])),
        legend=True,
        y_axis={"dtick": 1} if log else None,
    )


def shares_figure(shares: ArrayLike, *, half: int, height: int = 220) -> go.Figure:
    """shares (P,) ascending to 1: how much of the first-order estimate the strongest pixels make up; `half` of
    them make up a half."""
    values = np.asarray(shares, dtype=float)
    words = note(f"half: {count(half, 'pixel')}", half, 0.5, xanchor="left", xshift=8)
    return series(
        [line(np.arange(1, len(values) + 1), values, "FGSM's pixels", GREEN, hover="%{y:.2%}")],
        [upright(half, width=1.4), words],
        height=height,
        x_title="pixels, largest gradient first",
        y_title="share of the estimate",
        percent_y=True,
        x_range=(0, len(values)),
        y_range=(0, 1.02),
    )


def spectra_figure(densities: Mapping[str, ArrayLike], *, cutoff: float, height: int = 330) -> go.Figure:
    """densities: name → (R,) share of the energy per frequency in the rings 0 … R − 1, on a log axis.

    Everything above the cut-off is shaded. White noise, the same at every frequency, is the dotted line.
    """
    values = {name: np.asarray(density, dtype=float) for name, density in densities.items()}
    rings = len(next(iter(values.values())))
    known = np.concatenate([value[value > LEAST] for value in values.values()] + [np.full(1, 1 / 784)])
    noise, hover = np.full(rings, 1 / 784), "%{text} of its energy"
    return series(
        [
            *(
                line(range(rings), np.where(value > LEAST, value, np.nan), name, COLORS.get(name, GRAY), hover=hover)
                for name, value in values.items()
            ),
            line(range(rings), noise, "white noise", GRAY, dash="dot", width=1.6, hover=hover),
        ],
        [zone(cutoff, rings - 1, GRAY, opacity=0.13, below=False), upright(cutoff)],
        height=height,
        x_title="frequency (cycles across the image)",
        y_title="share per frequency",
        log_y=True,
        x_range=(0, rings - 1),
        y_range=(float(known.min()) / 1.6, float(known.max()) * 1.6),
        legend=True,
        y_axis={"dtick": 1},
    )


def spectrum_pictures_figure(shares: Mapping[str, ArrayLike], *, cutoff: float, height: int = 165) -> go.Figure:
    """shares: name → (28, 28) with the lowest frequency in the middle, side by side, on a logarithmic scale
    from 10⁻⁵ to 10⁻¹; the circles are the cut-off."""
    traces, marks = [], []
    for place, (name, share) in enumerate(shares.items()):
        cells = np.asarray(share, dtype=float)
        side = len(cells)
        middle = place * (side + GAP)
        waves = np.arange(side) - side // 2
        down, across = np.meshgrid(waves, waves, indexing="ij")
        traces.append(
            heat(
                np.log10(np.maximum(cells, 10**FAINTEST)),
                SEQUENTIAL,
                FAINTEST,
                -1,
                x=waves + middle,
                y=waves,
                customdata=np.stack([cells, np.hypot(down, across), across, down], axis=-1),
                hover="%{customdata[2]} cycles across, %{customdata[3]} down: %{customdata[1]:.1f}<br>"
                "%{customdata[0]:.2p} of the energy",
            )
        )
        circle = {"x0": middle - cutoff, "x1": middle + cutoff, "y0": -cutoff, "y1": cutoff}
        marks.append({"type": "circle", **circle, "line": {"color": "white", "width": 1.6}})
        marks.append(note(name, middle - 0.5, -side // 2 - 0.5, yanchor="bottom"))
    return image_figure(traces, marks, height=height, margin={"t": 34})
