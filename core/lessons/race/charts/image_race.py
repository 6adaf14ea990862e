"""A race of optimizers on one picture: losses, what was tried, photos and what was added to them."""

from collections.abc import Mapping, Sequence
from math import isfinite

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.palette import DIVERGING, GRAY, along
from core.charts.series import add_line
from core.charts.style import figure

FLOOR = 1e-7  # a loss of exactly nothing, on an axis that has no zero


def race_figure(
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
    known = [value for line in losses.values() for value in line if isfinite(value)]
    highest = max([top or 0.0, *known], default=1.0) or 1.0
    lowest = max(FLOOR, min(known, default=1e-3))
    limits = (10 ** np.floor(np.log10(lowest) - 0.05), highest * 1.6) if log else (0.0, highest * 1.06)
    fig = figure(
        height=height,
        x_title="iteration",
        y_title="loss towards the target (nats)",
        log_y=log,
        legend=True,
        x_range=(0, iterations * 1.01),
        y_range=(float(limits[0]), float(limits[1])),
    )
    for name, line in losses.items():
        values = np.array([value if isfinite(value) else np.nan for value in line], dtype=float)
        shown = np.maximum(values, FLOOR) if log else values
        add_line(fig, np.arange(len(shown)), shown, name=name, color=colors[name], label=False, hover="%{y:.4g} nats")
        at = (reached or {}).get(name)
        if at is not None and at < len(shown):
            fig.add_scatter(
                x=[at],
                y=[shown[at]],
                mode="markers",
                showlegend=False,
                name=name,
                marker={
                    "symbol": "diamond",
                    "size": 11,
                    "color": colors[name],
                    "line": {"color": "rgba(255,255,255,0.85)", "width": 1.5},
                },
                hovertemplate=f"<b>{name}</b> reaches the target at iteration %{{x}}<extra></extra>",
            )
    if log:
        fig.update_yaxes(dtick=1 if limits[1] / limits[0] < 1e6 else 2)
    return fig


def rates_figure(
    tried: Mapping[str, Mapping[float, tuple[float, float]]],
    colors: Mapping[str, str],
    rates: tuple[float, float],
    *,
    shared: float | None = None,
    height: int = 300,
) -> go.Figure:
    """tried: name → rate → (loss, L2) after a few iterations. The best of each carries a star.

    rates: ends of the axis. shared: the rate of the other race, a dotted upright. A loss that was no number
    any more (infinite) is left out.
    """
    fig = figure(
        height=height,
        x_title="learning rate",
        y_title="loss (nats)",
        log_x=True,
        log_y=True,
        legend=True,
        x_range=(rates[0] / 1.6, rates[1] * 1.6),
    )
    for name, line in tried.items():
        points = sorted((rate, *value) for rate, value in line.items() if isfinite(value[0]))
        if not points:
            continue
        x, loss, l2 = (np.array(column, dtype=float) for column in zip(*points, strict=True))
        shown, best = np.maximum(loss, FLOOR), int(np.argmin(loss))
        fig.add_scatter(
            x=x,
            y=shown,
            name=name,
            mode="lines+markers",
            line_color=colors[name],
            marker={
                "color": colors[name],
                "size": [14 if index == best else 7 for index in range(len(x))],
                "symbol": ["star" if index == best else "circle" for index in range(len(x))],
            },
            customdata=l2,
            hovertemplate=f"<b>{name}</b> at rate %{{x:g}}<br>loss %{{y:.4g}}, L2 %{{customdata:.3g}}<extra></extra>",
        )
    seen = [value for trace in fig.data for value in trace.y]
    if seen and max(seen) > 10 * min(seen):
        fig.update_yaxes(dtick=1 if max(seen) < 1e5 * min(seen) else 2)
    if shared is not None:
        fig.add_vline(x=shared, line_dash="dot", line_width=1.4, line_color=GRAY)
    return fig.update_xaxes(
        tickvals=[10.0**power for power in range(-4, 4)], ticktext=[f"{10.0**power:g}" for power in range(-4, 4)]
    )


def photo(pixels: ArrayLike, *, size: int = 224) -> NDArray[np.uint8]:
    """One or three colors (C, H, W) as bytes (H·k, W·k, 3), k whole; values outside [0, 1] are cut off."""
    values = np.clip(np.asarray(pixels, dtype=float), 0.0, 1.0)
    inks = np.broadcast_to(values, (3, *values.shape[1:])).transpose(1, 2, 0)
    return _enlarged(np.round(inks * 255).astype(np.uint8), size)


def signed_picture(change: ArrayLike, strength: float, *, size: int = 224) -> NDArray[np.uint8]:
    """What was added to a picture (C, H, W), in pixels, times `strength`: its mean over the colors.

    Zero is the pale middle of the diverging scale, ±1 after multiplying are its ends. Returns bytes
    (H·k, W·k, 3).
    """
    mean = np.asarray(change, dtype=float).mean(axis=0) * strength
    position = np.clip(np.nan_to_num(mean) / 2 + 0.5, 0.0, 1.0)
    return _enlarged(along(DIVERGING, position).round().astype(np.uint8), size)


def _enlarged(image: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """By a whole factor, so that each pixel stays a square on the screen."""
    factor = max(1, size // max(image.shape[:2]))
    return image.repeat(factor, axis=0).repeat(factor, axis=1)
