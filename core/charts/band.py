"""The pale area between two curves: how far something spreads, or its interval."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.color_arrays import pale


def add_band(
    fig: go.Figure, x: ArrayLike, low: ArrayLike, high: ArrayLike, color: str, *, share: float = 0.18, **more: Any
) -> go.Figure:
    """Fill between low (P,) and high (P,) over x (P,), in data units; it is in no legend and says nothing.

    share: how much of the color is left, in [0, 1]. more: settings of the trace, such as its subplot.
    """
    places, down, up = np.asarray(x), np.asarray(low), np.asarray(high)
    return fig.add_scatter(
        x=np.concatenate([places, places[::-1]]),
        y=np.concatenate([up, down[::-1]]),
        fill="toself",
        mode="lines",
        line_width=0,
        fillcolor=pale(color, share),
        hoverinfo="skip",
        showlegend=False,
        **more,
    )
