"""Several optimizers on one map, and the map itself as an image."""

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from core.charts.animation import add_player
from core.charts.heatmaps import clickable_cells
from core.charts.palette import BLUE, GRAY, rgb
from core.charts.style import AXIS, figure
from core.formatting import number

CELLS = 33  # places a side that can be clicked
TAIL = 24  # points of the bright end of a way


@dataclass(frozen=True, eq=False)
class Way:
    """One racer. points: (N, 2), already thinned, at updates `steps` (N,), ascending. color: its own."""

    name: str
    points: NDArray[np.float64]
    steps: NDArray[np.intp]
    color: str


def map_race_figure(
    x: ArrayLike,
    y: ArrayLike,
    heights: ArrayLike,
    ways: Sequence[Way],
    *,
    picture: str,
    start: tuple[float, float],
    minima: Sequence[tuple[float, float]],
    moments: Sequence[int],
    height: int = 470,
) -> go.Figure:
    """heights (H, W) over x (W,) and y (H,) with the ways on them.

    picture: the map as `contour_image` draws it. moments: updates at which the played picture stands.
    A click anywhere selects a point with its x and y.
    """
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    values = np.asarray(heights, dtype=float)
    fig = figure(height=height, x_title="x", y_title="y", legend=True, x_range=(xs[0], xs[-1]), y_range=(ys[0], ys[-1]))
    _places(fig, xs, ys, values)
    # A picture and no contour trace: Plotly forgets those while only the balls move.
    fig.add_layout_image(
        source=picture,
        xref="x",
        yref="y",
        x=xs[0],
        y=ys[-1],
        sizex=xs[-1] - xs[0],
        sizey=ys[-1] - ys[0],
        sizing="stretch",
        layer="below",
    )
    fig.add_scatter(
        x=[place[0] for place in minima],
        y=[place[1] for place in minima],
        mode="markers",
        name="minimum",
        marker={"symbol": "star", "size": 13, "color": "white", "line": {"color": GRAY, "width": 1.6}},
        hovertemplate="minimum: %{x:.4f}, %{y:.4f}<extra></extra>",
        showlegend=False,
    )
    fig.add_scatter(
        x=[xs[0]], y=[ys[0]], mode="markers", name="f", marker=color_bar(values), showlegend=False, hoverinfo="skip"
    )
    for way in ways:
        fig.add_scatter(
            x=way.points[:, 0],
            y=way.points[:, 1],
            mode="lines",
            name=way.name,
            opacity=0.5,
            line={"color": way.color, "width": 1.5},
            legendgroup=way.name,
            showlegend=False,
            hoverinfo="skip",
        )
    first = len(fig.data)
    for way in ways:
        fig.add_scatter(
            **_comet(way, moments[0]),
            mode="lines+markers",
            name=way.name,
            legendgroup=way.name,
            line={"color": way.color, "width": 3},
            hoverinfo="skip",
        )
        fig.data[-1].marker.update(color=way.color, opacity=1, line={"color": "white", "width": 1.2})
    fig.add_scatter(  # around the balls and over them: they all begin there
        x=[start[0]],
        y=[start[1]],
        mode="markers",
        name="start",
        showlegend=False,
        marker={"symbol": "circle-open", "size": 21, "color": AXIS, "line": {"width": 3}},
        hovertemplate="start: %{x:g}, %{y:g}<extra></extra>",
    )
    frames = [
        go.Frame(
            name=f"{moment:,}",
            traces=list(range(first, first + len(ways))),
            data=[{"type": "scatter", **_comet(way, moment)} for way in ways],
        )
        for moment in moments
    ]
    fig.update_xaxes(fixedrange=True)
    fig.update_yaxes(fixedrange=True)
    return add_player(fig, frames, pace=90).update_layout(dragmode=False)


def _comet(way: Way, moment: int) -> dict[str, object]:
    """The last points up to an update, the newest as a ball."""
    end = int(np.searchsorted(way.steps, moment, side="right"))
    tail = way.points[max(0, end - TAIL) : end]
    return {"x": tail[:, 0], "y": tail[:, 1], "marker": {"size": [0] * (len(tail) - 1) + [13]}}


def _places(fig: go.Figure, xs: NDArray[np.float64], ys: NDArray[np.float64], values: NDArray[np.float64]) -> None:
    """Invisible places over the whole map that tell the height and can be clicked."""
    rows = np.linspace(0, len(ys) - 1, CELLS).round().astype(int)
    columns = np.linspace(0, len(xs) - 1, CELLS).round().astype(int)
    cells = values[np.ix_(rows, columns)]
    fig.add_heatmap(
        x=xs[columns],
        y=ys[rows],
        z=cells,
        customdata=cells[..., None],
        opacity=0,
        showscale=False,
        hovertemplate="x %{x:.3g}, y %{y:.3g}<br>f %{customdata[0]:.4g}<br>click: start here<extra></extra>",
    )
    clickable_cells(fig, CELLS, CELLS, size=15)


WATER = rgb(BLUE)
LINE = (128, 140, 152)  # the ink of an axis
DEEP = 0.5  # how much of the water shows at the lowest place
LEVELS = 16


def log_scale(heights: ArrayLike) -> tuple[float, float, float]:
    """(floor, low, high): a height f of at least 0 stands at log₁₀(f + floor), between low and high."""
    values = np.asarray(heights, dtype=float)
    floor = float(values.max()) * 1e-5
    return floor, float(np.log10(values.min() + floor)), float(np.log10(values.max() + floor))


def relief(heights: ArrayLike) -> NDArray[np.uint8]:
    """heights (H, W) of at least 0, first row lowest y → RGBA (H, W, 4), first row on top.

    Lines are evenly spaced in log₁₀(f + floor), floor 1e-5 of the highest, so that bottom and walls both have
    some. The ground is see-through, for either theme. A line is as dark as the pixel is near to it.
    """
    values = np.asarray(heights, dtype=float)[::-1]
    floor, low, high = log_scale(values)
    share = (np.log10(values + floor) - low) / ((high - low) or 1.0)
    upward, across = np.gradient(share * LEVELS)
    level = share * LEVELS
    away = np.abs(level - np.round(level)) / np.maximum(np.hypot(upward, across), 1e-9)  # in pixels
    line = 0.6 * np.clip(1.3 - away, 0.0, 1.0)
    water = DEEP * (1.0 - share)
    alpha = line + water * (1.0 - line)
    blend = np.divide(line, alpha, out=np.zeros_like(line), where=alpha > 0)[..., None]
    ink = blend * np.array(LINE) + (1 - blend) * np.array(WATER)
    return np.concatenate([ink, alpha[..., None] * 255], axis=-1).round().astype(np.uint8)


def color_bar(heights: ArrayLike) -> dict[str, Any]:
    """A marker of Plotly's that carries the bar of such a map: strong blue lowest, the ground highest."""
    floor, low, high = log_scale(heights)
    red, green, blue = WATER
    powers = range(math.floor(low), math.ceil(high) + 1)
    ticks = {float(np.log10(10.0**power + floor)): number(10.0**power) for power in powers}
    lowest = {low: number(max(0.0, 10**low - floor), 2)}
    ticks = lowest | {at: f for at, f in ticks.items() if low + 0.4 < at <= high}
    return {
        "color": [low],
        "cmin": low,
        "cmax": high,
        "showscale": True,
        "opacity": 0,
        "colorscale": [[0, f"rgba({red},{green},{blue},{DEEP})"], [1, f"rgba({red},{green},{blue},0)"]],
        "colorbar": {
            "title": {"text": "f", "side": "top"},
            "thickness": 12,
            "len": 1,
            "outlinewidth": 1,
            "tickvals": list(ticks),
            "ticktext": list(ticks.values()),
            "x": 1.01,
            "xpad": 4,
        },
    }


def relief_uri(heights: ArrayLike) -> str:
    """The same of heights (H, W) as a PNG that a figure can carry."""
    kept = io.BytesIO()
    Image.fromarray(relief(heights)).save(kept, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()
