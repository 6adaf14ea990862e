"""Lines with a band around each: a middle, and how far it spreads."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.band import add_band
from core.charts.palette import GREEN, MODELS, ORANGE, VERMILLION, VIOLET
from core.charts.style import add_line, figure

#: The activations of the vanishing gradient.
ACTIVATION_COLORS: Final = {"sigmoid": VIOLET, "tanh": GREEN, "relu": VERMILLION}
#: The three forms of one gradient; the two that train have the colors of their networks.
FORM_COLORS: Final = {"loop": ORANGE, "matrices": MODELS["mlp-manual"], "autograd": MODELS["mlp-autograd"]}


class Banded(Protocol):
    """What is drawn: one entry a place in each."""

    @property
    def mean(self) -> Sequence[float]: ...
    @property
    def low(self) -> Sequence[float]: ...
    @property
    def high(self) -> Sequence[float]: ...


def banded_figure(
    x: ArrayLike,
    bands: Mapping[str, Banded],
    colors: Mapping[str, str],
    *,
    x_title: str,
    y_title: str,
    log_x: bool = False,
    hover: str = "%{text}",
    height: int = 320,
) -> go.Figure:
    """One line a name over the places x (P,), with its band, on a logarithmic y axis.

    bands: name as written in the legend → its values. colors: the same names → hues. A place whose value is
    not finite or not positive is a gap in the line.
    """
    places = np.asarray(x, dtype=float)
    fig = figure(height=height, x_title=x_title, y_title=y_title, log_x=log_x, log_y=True, legend=True)
    fig.update_yaxes(title_standoff=18)  # powers of ten are taller than Plotly thinks
    for place, (name, band) in enumerate(bands.items()):
        low, mean, high = (_positive(values) for values in (band.low, band.mean, band.high))
        known = np.isfinite(low) & np.isfinite(high)
        if known.sum() > 1:
            add_band(fig, places[known], low[known], high[known], colors[name])
        width = max(1.8, 4.4 - 1.3 * place)  # a line under another stays visible
        add_line(fig, places, mean, name=name, color=colors[name], label=False, hover=hover, width=width)
        fig.data[-1].mode = "lines+markers"
        fig.data[-1].marker.size = width + 4
    if (powers := _powers(bands)) is not None:
        fig.update_yaxes(dtick=powers)
    if log_x:
        ticks = places.tolist()
        fig.update_xaxes(tickvals=ticks, ticktext=[f"{place:g}" for place in ticks])
    else:
        fig.update_xaxes(tickmode="linear", dtick=1)
    return fig


def _positive(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    numbers = np.asarray(values, dtype=float)
    return np.where(np.isfinite(numbers) & (numbers > 0), numbers, np.nan)


def _powers(bands: Mapping[str, Banded]) -> int | None:
    """Powers of ten between two marks, so that at most about eight of them stand on the axis; None where
    there are too few powers and marks between them are wanted."""
    every = np.concatenate([_positive(values) for band in bands.values() for values in (band.low, band.high)])
    every = every[np.isfinite(every)]
    reach = float(np.log10(every.max() / every.min())) if len(every) else 1.0
    return int(np.ceil(reach / 8)) if reach > 2 else None
