"""Losses of a regression, epoch by epoch, with the epoch that is kept and the floor of the noise."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.charts.band import add_band
from core.charts.curves import binned
from core.charts.palette import GRAY, SPLITS
from core.charts.style import figure
from core.storage.history import Row

LOWEST = 1e-9  # a loss of exactly 0 has no place on a log axis


def fit_losses_figure(
    rows: Sequence[Row],
    epochs: float,
    *,
    floor: float = 0.0,
    kept: float | None = None,
    log_y: bool = True,
    height: int = 320,
) -> go.Figure:
    """Mean squared error of each split against epochs; `epochs` fixes the right end.

    Hundreds of epochs are gathered into bins: the line is a bin's mean, the band reaches from its lowest to
    its highest value. floor: variance of the noise, a line where it is not 0. kept:
    the epoch whose weights stay.
    """
    fig = figure(
        height=height,
        x_title="epochs (passes over the training points)",
        y_title="mean squared error",
        x_range=(0, max(float(epochs), 0.01)),
        log_y=log_y,
        legend=True,
    )
    seen = [v for row in rows for k, v in row.items() if k.endswith("_loss") and v is not None]
    if not log_y:
        fig.update_yaxes(rangemode="tozero")
    elif seen:
        low, high = decades([*seen, floor or max(seen)])
        fig.update_yaxes(range=[low, high], dtick=1 if high - low > 2 else "D2")
    for split, name in (("test", "test"), ("train", "training"), ("validation", "validation")):
        pairs = [
            (float(row["epoch"] or 0), max(float(row[f"{split}_loss"] or 0), LOWEST))
            for row in rows
            if row.get(f"{split}_loss") is not None
        ]
        if pairs:
            _line(fig, [x for x, _ in pairs], [y for _, y in pairs], split, name)
    if floor > 0:
        floor_line(fig, floor, log_y)
    if kept is not None:
        fig.add_vline(x=kept, line={"color": SPLITS["validation"], "width": 1.6, "dash": "dash"})
        late = kept > 0.6 * max(float(epochs), 0.01)
        fig.add_annotation(
            x=kept,
            y=1,
            yref="paper",
            yanchor="top",
            xanchor="right" if late else "left",
            showarrow=False,
            text=f" kept: epoch {kept:,.0f} ",
            font={"color": SPLITS["validation"], "size": 12},
        )
    return fig


def decades(values: Sequence[float]) -> tuple[float, float]:
    """Powers of ten around the values, so that the axis of a live chart seldom moves; half ones too."""
    logs = np.log10(np.maximum(np.asarray(values, dtype=float), LOWEST))
    return float(np.floor(2 * logs.min()) / 2), float(np.ceil(2 * logs.max()) / 2)


def floor_line(fig: go.Figure, floor: float, log_y: bool) -> None:
    """A dotted line at the variance of the noise, named at its right end."""
    fig.add_hline(y=floor, line={"color": GRAY, "width": 1.6, "dash": "dot"})
    fig.add_annotation(
        x=1,
        xref="paper",
        xanchor="right",
        y=np.log10(floor) if log_y else floor,
        yanchor="top",
        text=f"noise σ² = {floor:.3g}",
        showarrow=False,
        font={"color": GRAY, "size": 12},
    )


def _line(fig: go.Figure, x: list[float], y: list[float], split: str, name: str) -> None:
    line, color = binned(x, y), SPLITS[split]
    strong = split != "test"
    if strong and len(x) > len(line.x):
        add_band(fig, line.x, line.low, line.high, color)
    fig.add_scatter(
        x=line.x,
        y=line.mean,
        name=name,
        mode="lines" if len(line.x) > 1 else "markers",
        line={"color": color, "width": 2.2 if strong else 1.2},
        opacity=1.0 if strong else 0.7,
        hovertemplate=f"<b>{name}</b> %{{y:.3g}}<br>epoch %{{x:,.0f}}<extra></extra>",
    )
