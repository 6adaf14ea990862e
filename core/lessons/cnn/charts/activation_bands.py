"""What each layer receives, over training, for two networks beside each other.

The distribution at one moment is a stack of quantiles: the broad band holds nine tenths of the numbers, the
narrow one the middle half, the line is the median. A row is a layer; both networks share its axis.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from core.charts.band import add_band
from core.charts.style import AXIS, GRID

POINTS = 80  # moments along the x-axis
Array = NDArray[np.float64]


def layers_of(spreads: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Names of the layers that the records hold, first to last."""
    rows = next((rows for rows in spreads.values() if rows), ())
    return [name for name in (rows[0] if rows else {}) if name != "step"]


def spread_bands_figure(
    spreads: Mapping[str, Sequence[Mapping[str, Any]]], colors: Mapping[str, str], steps: int, *, row_height: int = 125
) -> go.Figure:
    """spreads: network → rows of `History.spreads` (step, layer → five quantiles). colors: network → hue.

    steps: right end of the x axis. A moment whose numbers were no longer finite is a gap.
    """
    layers = layers_of(spreads)
    names = list(spreads)
    fig = make_subplots(
        rows=max(1, len(layers)),
        cols=len(names),
        shared_xaxes=True,
        shared_yaxes=True,
        column_titles=names,
        horizontal_spacing=0.05,
        vertical_spacing=0.06 if len(layers) < 5 else 0.04,
    )
    for row, layer in enumerate(layers, start=1):
        ends: list[float] = []
        for column, name in enumerate(names, start=1):
            x, quantiles = _series(spreads[name], layer)
            ends += [float(v) for v in quantiles[np.isfinite(quantiles)]]
            _bands(fig, x, quantiles, colors[name], row, column, f"{name}, {layer_title(layer)}")
        if ends:
            low, high = min(ends), max(ends)
            margin = 0.06 * (high - low or 1.0)
            fig.update_yaxes(range=[low - margin, high + margin], row=row)
        fig.update_yaxes(title={"text": layer_title(layer), "standoff": 6}, row=row, col=1)
    axis = {"gridcolor": GRID, "linecolor": AXIS, "automargin": True, "ticks": "", "zerolinecolor": AXIS}
    fig.update_xaxes(**axis, showgrid=False, range=[0, max(1, steps)], tickformat=",", nticks=5)
    fig.update_yaxes(**axis, zeroline=True, nticks=5)
    fig.update_xaxes(title={"text": "steps", "standoff": 8}, row=max(1, len(layers)))
    return fig.update_layout(
        height=70 + row_height * max(1, len(layers)),
        margin={"l": 8, "r": 12, "t": 30, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        uirevision="keep",
        dragmode="zoom",
        hovermode="x",
    )


def layer_title(name: str) -> str:
    """act2 → "into act 2", fc1_act → "into fc 1": what that activation receives."""
    if name.startswith("act"):
        return f"conv {name[3:]}"
    return f"linear {name[2:].removesuffix('_act')}"


def _series(rows: Sequence[Mapping[str, Any]], layer: str) -> tuple[Array, Array]:
    """(steps (S,), quantiles (S, 5)) at no more than POINTS moments, the last one always among them."""
    every = max(1, -(-len(rows) // POINTS))
    kept = [*rows[:-1:every], *rows[-1:]]
    x = np.array([float(row["step"]) for row in kept])
    quantiles = np.array(
        [[np.nan if v is None else v for v in row.get(layer) or [None] * 5] for row in kept], dtype=float
    )
    return x, quantiles.reshape(len(kept), 5)


def _bands(fig: go.Figure, x: Array, q: Array, color: str, row: int, column: int, name: str) -> None:
    known = np.isfinite(q).all(axis=1)
    for low, high, strength in ((0, 4, 0.20), (1, 3, 0.38)):
        add_band(fig, x[known], q[known, low], q[known, high], color, share=strength, row=row, col=column)
    fig.add_scatter(
        x=x,
        y=q[:, 2],
        mode="lines" if len(x) > 1 else "markers",
        line={"color": color, "width": 1.8},
        marker={"color": color, "size": 5},
        customdata=q,
        name=name,
        hovertemplate="median %{y:.3g}<br>half in %{customdata[1]:.3g} … %{customdata[3]:.3g}<br>"
        "nine tenths in %{customdata[0]:.3g} … %{customdata[4]:.3g}<extra></extra>",
        row=row,
        col=column,
    )
