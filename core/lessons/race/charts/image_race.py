"""A race of optimizers on one image: losses, tried learning rates, photos and what was added to them."""

from collections.abc import Mapping, Sequence
from math import isfinite

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.images import Bytes, enlarged, tinted
from core.charts.series import decades, dots, line, series, upright

FLOOR = 1e-7  # a loss of exactly nothing, on an axis that has no zero


def image_race_figure(
    losses: Mapping[str, Sequence[float]],
    colors: Mapping[str, str],
    iterations: int,
    *,
    log: bool = False,
    top: float | None = None,
    reached: Mapping[str, int] | None = None,
    height: int = 330,
) -> go.Figure:
    """losses: name → loss (nats) after 0, 1, 2, … iterations; the axes stand still while the lines grow.

    top: upper end of the loss axis, else from the data. reached: name → iteration from which the target is
    the likeliest class, marked with a diamond.
    """
    known = [value for loss in losses.values() for value in loss if isfinite(value)]
    highest = max([top or 0.0, *known], default=1.0) or 1.0
    lowest = max(FLOOR, min(known, default=1e-3))
    limits = (float(10 ** np.floor(np.log10(lowest) - 0.05)), highest * 1.6) if log else (0.0, highest * 1.06)
    traces = []
    for name, loss in losses.items():
        values = np.array([value if isfinite(value) else np.nan for value in loss], dtype=float)
        shown = np.maximum(values, FLOOR) if log else values
        traces.append(line(np.arange(len(shown)), shown, name, colors[name], hover="%{y:.4g} nats"))
        at = (reached or {}).get(name)
        if at is not None and at < len(shown):
            diamond = {"symbol": "diamond", "line": {"color": "rgba(255,255,255,0.85)", "width": 1.5}}
            hover = f"<b>{name}</b> reaches the target at iteration %{{x}}"
            mark = dots([at], [shown[at]], name, colors[name], size=11, marker=diamond, hover=hover)
            traces.append({**mark, "showlegend": False})
    return series(
        traces,
        height=height,
        x_title="iteration",
        y_title="cross-entropy, target class (nats)",
        log_y=log,
        legend=True,
        x_range=(0, iterations * 1.01),
        y_range=limits,
        y_axis={"dtick": 1 if limits[1] / limits[0] < 1e6 else 2} if log else None,
    )


def rates_figure(
    tried: Mapping[str, Mapping[float, tuple[float, float]]],
    colors: Mapping[str, str],
    rates: tuple[float, float],
    *,
    shared: float | None = None,
    height: int = 300,
) -> go.Figure:
    """tried: name → rate → (loss, L2) after a few iterations. The best of each carries a star.

    rates: ends of the axis. shared: the rate of the other race, a dotted upright. A loss that diverged is
    left out.
    """
    traces = []
    seen: list[float] = []
    for name, losses in tried.items():
        points = sorted((rate, *value) for rate, value in losses.items() if isfinite(value[0]))
        if not points:
            continue
        x, loss, l2 = (np.array(column, dtype=float) for column in zip(*points, strict=True))
        shown, star = np.maximum(loss, FLOOR), np.arange(len(x)) == np.argmin(loss)
        seen += shown.tolist()
        look = {"symbol": np.where(star, "star", "circle").tolist()}
        hover = f"<b>{name}</b> at learning rate %{{x:g}}<br>loss %{{y:.4g}}, L2 %{{customdata:.3g}}"
        curve = dots(x, shown, name, colors[name], size=np.where(star, 14, 7).tolist(), marker=look, hover=hover)
        traces.append({**curve, "mode": "lines+markers", "line": {"color": colors[name]}, "customdata": l2})
    reach = max(seen, default=1.0) / min(seen, default=1.0)
    return series(
        traces,
        [] if shared is None else [upright(shared, width=1.4)],
        height=height,
        x_title="learning rate",
        y_title="loss (nats)",
        log_x=True,
        log_y=True,
        legend=True,
        x_range=(rates[0] / 1.6, rates[1] * 1.6),
        x_ticks=decades(1e-4, 1e3),
        y_axis={"dtick": 1 if reach < 1e5 else 2} if reach > 10 else None,
    )


def photo(pixels: ArrayLike, *, size: int = 224) -> Bytes:
    """One or three colors (C, H, W) as bytes (H·k, W·k, 3), k whole; values outside [0, 1] are cut off."""
    values = np.clip(np.asarray(pixels, dtype=float), 0.0, 1.0)
    inks = np.broadcast_to(values, (3, *values.shape[1:])).transpose(1, 2, 0)
    return enlarged(np.round(inks * 255).astype(np.uint8), size)


def signed_picture(change: ArrayLike, strength: float, *, size: int = 224) -> Bytes:
    """What was added to an image (C, H, W), in pixels, times `strength`: its mean over the colors.

    Zero is the pale middle of the diverging scale, ±1 after multiplying are its ends. Returns bytes
    (H·k, W·k, 3).
    """
    return enlarged(tinted(np.asarray(change, dtype=float).mean(axis=0) * strength), size)
