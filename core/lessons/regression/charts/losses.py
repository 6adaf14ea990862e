"""How far a regression is from its points: losses by epoch and by width, residuals."""

from collections.abc import Mapping, Sequence
from statistics import median

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.learning_curves import NAMES, binned
from core.charts.palette import GRAY, SPLITS
from core.charts.series import band, bar, dots, level, line, series, upright
from core.charts.style import Part, note
from core.storage.history import Row

LOWEST = 1e-9  # a loss of exactly 0 has no place on a log axis
Runs = Mapping[int, Sequence[float]]
Residuals = Mapping[str, tuple[ArrayLike, ArrayLike]]


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
    its highest value. floor: variance of the noise, a line where it is not 0. kept: the epoch of the best
    checkpoint.
    """
    end = max(float(epochs), 0.01)
    seen = [v for row in rows for k, v in row.items() if k.endswith("_loss") and v is not None]
    traces = []
    for split in ("test", "train", "validation"):
        known = [(row["epoch"], row[f"{split}_loss"]) for row in rows if row.get(f"{split}_loss") is not None]
        if not known:
            continue
        x, y = np.array(known, dtype=float).T
        curve, strong = binned(x.tolist(), np.maximum(y, LOWEST).tolist()), split != "test"
        if strong and len(x) > len(curve.x):
            traces.append(band(curve.x, curve.low, curve.high, SPLITS[split]))
        traces.append(
            line(
                curve.x,
                curve.mean,
                NAMES[split],
                SPLITS[split],
                width=2.2 if strong else 1.2,
                opacity=1.0 if strong else 0.7,
                hover="%{y:.3g}",
                across="epoch %{x:,.0f}",
            )
        )
    marks = _floor(floor, log_y)
    if kept is not None:
        color, side = SPLITS["validation"], "right" if kept > 0.6 * end else "left"
        marks.append(upright(kept, color, dash="dash"))
        words = f" best checkpoint: epoch {kept:,.0f} "
        marks.append(note(words, kept, 1, color=color, yref="paper", yanchor="top", xanchor=side))
    return series(
        traces,
        marks,
        height=height,
        x_title="epochs (passes over the training points)",
        y_title="mean squared error",
        x_range=(0, end),
        log_y=log_y,
        legend=True,
        y_axis=(_decades([*seen, floor or max(seen)]) if seen else {}) if log_y else {"rangemode": "tozero"},
    )


def width_losses_figure(
    train: Runs, validation: Runs, kept: Runs, floor: float, widths: Sequence[int], *, height: int = 340
) -> go.Figure:
    """Mean squared error of networks of many widths, from underfitting to overfitting, both axes logarithmic: a
    dot a seed, a line through the medians.

    train, validation: at the last epoch. kept: validation at the best checkpoint. floor: noise σ².
    """
    seen = [v for runs in (train, validation, kept) for values in runs.values() for v in values]
    curves = (
        ("training, last epoch", train, SPLITS["train"], "solid"),
        ("validation, last epoch", validation, SPLITS["validation"], "solid"),
        ("validation, best checkpoint", kept, SPLITS["validation"], "dash"),
    )
    traces = []
    for name, runs, color, dash in curves:
        known = {width: np.maximum(runs[width], 1e-6).tolist() for width in widths if runs.get(width)}
        if not known:
            continue
        each = [(width, value) for width, values in known.items() for value in values]
        look = {"opacity": 0.45, "symbol": "circle-open" if dash == "dash" else "circle"}
        x, y = zip(*each, strict=True)
        traces.append(dots(x, y, "", color, size=5, marker=look, showlegend=False))
        middle = [median(values) for values in known.values()]
        hover, across = "%{y:.3g} (median)", "%{x} hidden units"
        traces.append(line(list(known), middle, name, color, width=2.4, dash=dash, hover=hover, across=across))
    return series(
        traces,
        _floor(floor, True),
        height=height,
        x_title="hidden units",
        y_title="mean squared error",
        log_x=True,
        log_y=True,
        x_range=(widths[0] / 1.3, widths[-1] * 1.3),
        legend=True,
        x_ticks={width: str(width) for width in widths},
        y_axis=_decades([*seen, floor or max(seen)]),
    )


def _decades(values: Sequence[float]) -> Part:
    """Powers of ten around the values, so that the axis of a live chart seldom moves; half ones too."""
    logs = np.log10(np.maximum(np.asarray(values, dtype=float), LOWEST))
    low, high = float(np.floor(2 * logs.min()) / 2), float(np.ceil(2 * logs.max()) / 2)
    return {"range": [low, high], "dtick": 1 if high - low > 2 else "D2"}


def _floor(floor: float, log_y: bool) -> list[Part]:
    """A dotted line at the variance of the noise, named at its right end."""
    if floor <= 0:
        return []
    at = float(np.log10(floor)) if log_y else floor
    words = note(f"noise σ² = {floor:.3g}", 1, at, color=GRAY, xref="paper", xanchor="right", yanchor="top")
    return [level(floor), words]


def residuals_figure(residuals: Residuals, *, noise: float = 0.0, height: int = 250) -> go.Figure:
    """(x, y − ŷ) of each split. noise: σ, drawn as the band from −σ to σ."""
    ground: Part = {"type": "rect", "x0": 0, "x1": 1, "xref": "x domain", "y0": -noise, "y1": noise, "yref": "y"}
    ground |= {"fillcolor": "rgba(128, 140, 152, 0.16)", "line": {"width": 0}, "layer": "below"}
    return series(
        [
            dots(
                np.asarray(x),
                np.asarray(y),
                NAMES[name],
                SPLITS[name],
                size=5,
                marker={"opacity": 0.7},
                hover=f"{NAMES[name]}<br>x %{{x:.4g}}: %{{y:.3g}}",
            )
            for name, (x, y) in residuals.items()
        ],
        [*([ground] if noise else []), level(0, dash="solid", width=1.4)],
        height=height,
        x_title="x",
        y_title="residual y − ŷ",
    )


def residual_counts_figure(residuals: Residuals, *, bins: int = 21, height: int = 250) -> go.Figure:
    """How many residuals have which size, by split, in bins symmetric about zero."""
    sizes = np.concatenate([np.abs(np.asarray(y, dtype=float)) for _, y in residuals.values()] or [np.zeros(1)])
    top = float(sizes.max(initial=0.0)) or 1.0
    edges = np.linspace(-top, top, bins + 1)
    traces = []
    for name, (_, y) in residuals.items():
        values = np.asarray(y, dtype=float)
        counts, _ = np.histogram(values, edges)
        traces.append(
            bar(
                (edges[:-1] + edges[1:]) / 2,
                counts / max(1, len(values)),
                NAMES[name],
                SPLITS[name],
                opacity=0.75,
                customdata=counts,
                hover=f"{NAMES[name]}: %{{customdata}} points near %{{x:.3g}}",
            )
        )
    return series(
        traces,
        height=height,
        x_title="residual y − ŷ",
        y_title="share of the points",
        percent_y=True,
        barmode="group",
        bargap=0.12,
    )
