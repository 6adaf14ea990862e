"""How much the loss rises as a change may grow: promised, measured, and by chance."""

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.band import add_band
from core.charts.banded_lines import Banded
from core.charts.palette import BLUE, GRAY, GREEN, ORANGE, VIOLET
from core.charts.style import add_line, figure

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
