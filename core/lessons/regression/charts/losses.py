"""How far a regression is from its points: losses by epoch and by width, residuals."""

from collections.abc import Mapping, Sequence
from statistics import median

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.learning_curves import binned
from core.charts.palette import GRAY, SPLITS
from core.charts.series import add_band
from core.charts.style import figure
from core.lessons.regression.charts.fit import NAMES
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


Runs = Mapping[int, Sequence[float]]
LEAST = 1e-6


def width_losses_figure(
    train: Runs, validation: Runs, kept: Runs, floor: float, widths: Sequence[int], *, height: int = 340
) -> go.Figure:
    """Mean squared error against hidden units, both logarithmic: a dot a seed, a line through the medians.

    train, validation: at the last epoch. kept: validation at the epoch that was kept. floor: noise σ².
    """
    fig = figure(
        height=height,
        x_title="hidden units",
        y_title="mean squared error",
        log_x=True,
        log_y=True,
        x_range=(widths[0] / 1.3, widths[-1] * 1.3),
        legend=True,
    )
    fig.update_xaxes(tickvals=list(widths), ticktext=[str(width) for width in widths])
    seen = [v for runs in (train, validation, kept) for values in runs.values() for v in values]
    low, high = decades([*seen, floor or max(seen)])
    fig.update_yaxes(range=[low, high], dtick=1 if high - low > 2 else "D2")
    lines = (
        ("training, last epoch", train, SPLITS["train"], "solid"),
        ("validation, last epoch", validation, SPLITS["validation"], "solid"),
        ("validation, kept epoch", kept, SPLITS["validation"], "dash"),
    )
    for name, runs, color, dash in lines:
        known = {width: [max(v, LEAST) for v in runs[width]] for width in widths if runs.get(width)}
        if not known:
            continue
        fig.add_scatter(
            x=[width for width, values in known.items() for _ in values],
            y=[value for values in known.values() for value in values],
            mode="markers",
            showlegend=False,
            hoverinfo="skip",
            marker={
                "color": color,
                "size": 5,
                "opacity": 0.45,
                "symbol": "circle-open" if dash == "dash" else "circle",
            },
        )
        fig.add_scatter(
            x=list(known),
            y=[median(values) for values in known.values()],
            name=name,
            mode="lines",
            line={"color": color, "width": 2.4, "dash": dash},
            hovertemplate=f"{name}<br>%{{x}} units: %{{y:.3g}} (median)<extra></extra>",
        )
    if floor > 0:
        floor_line(fig, floor, True)
    return fig


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
