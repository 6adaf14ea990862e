"""Several optimizers on one map, and the map itself as an image."""

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
from core.charts.images import data_url
from core.charts.palette import BLUE, GRAY, SEQUENTIAL, rgb
from core.charts.series import dots, line, series
from core.charts.style import AXIS, Part, heat
from core.formatting import number

CELLS = 33  # places a side that can be clicked
Floats = NDArray[np.float64]
TAIL = 24  # points of the bright end of a path


@dataclass(frozen=True, eq=False)
class OptimizerPath:
    """One racer. points: (N, 2), already thinned, at updates `steps` (N,), ascending. color: its own."""

    name: str
    points: Floats
    steps: NDArray[np.intp]
    color: str


def map_race_figure(
    x: ArrayLike,
    y: ArrayLike,
    heights: ArrayLike,
    paths: Sequence[OptimizerPath],
    *,
    picture: str,
    start: tuple[float, float],
    minima: Sequence[tuple[float, float]],
    moments: Sequence[int],
    height: int = 470,
) -> go.Figure:
    """heights (H, W) over x (W,) and y (H,) with the paths on them.

    picture: the map as `relief_uri` draws it. moments: updates of the played frames.
    A click anywhere selects a point with its x and y.
    """
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    values = np.asarray(heights, dtype=float)
    star = {"symbol": "star", "line": {"color": GRAY, "width": 1.6}}
    ring = {"symbol": "circle-open", "line": {"width": 3}}
    lowest = np.array(minima, dtype=float).reshape(-1, 2)
    hover = "minimum: %{x:.4f}, %{y:.4f}"
    traces = [
        dots(lowest[:, 0], lowest[:, 1], "minimum", "white", size=13, marker=star, hover=hover, showlegend=False),
        dots(xs[:1], ys[:1], "f", BLUE, marker=color_bar(values), showlegend=False),
    ]
    for path in paths:
        whole = line(path.points[:, 0], path.points[:, 1], path.name, path.color, width=1.5, opacity=0.5, hover=None)
        traces.append({**whole, "legendgroup": path.name, "mode": "lines", "showlegend": False})
    first = len(traces) + 2  # after the map's own
    for path in paths:
        ball = line([], [], path.name, path.color, width=3, size=1, hover=None, legendgroup=path.name)
        comet = _comet(path, moments[0])
        look = {"color": path.color, "opacity": 1, "line": {"color": "white", "width": 1.2}}
        traces.append({**ball, **comet, "marker": {**comet["marker"], **look}})
    # Around the balls and over them: they all begin there.
    hover = "starting point: %{x:g}, %{y:g}"
    begin = dots([start[0]], [start[1]], "start", AXIS, size=21, marker=ring, hover=hover, showlegend=False)
    fig = _map(xs, ys, values, picture, height)
    fig.add_traces([*traces, begin])
    frames = [
        go.Frame(
            name=f"{moment:,}",
            traces=list(range(first, first + len(paths))),
            data=[{"type": "scatter", **_comet(path, moment)} for path in paths],
        )
        for moment in moments
    ]
    return add_player(fig, frames, pace=90)


def _map(xs: Floats, ys: Floats, values: Floats, picture: str, height: int) -> go.Figure:
    """The map as an image, and invisible places over it that tell the height and can be clicked.

    An image and no contour trace: Plotly forgets those while only the balls move.
    """
    size = {"x": xs[0], "y": ys[-1], "sizex": xs[-1] - xs[0], "sizey": ys[-1] - ys[0], "sizing": "stretch"}
    rows = np.linspace(0, len(ys) - 1, CELLS).round().astype(int)
    columns = np.linspace(0, len(xs) - 1, CELLS).round().astype(int)
    cells = values[np.ix_(rows, columns)]
    hover = "x %{x:.3g}, y %{y:.3g}<br>f %{customdata[0]:.4g}<br>click: start here"
    low, high = float(cells.min()), float(cells.max())
    ground = heat(cells, SEQUENTIAL, low, high, x=xs[columns], y=ys[rows], customdata=cells[..., None], hover=hover)
    fig = series(
        [{**ground, "opacity": 0}],
        height=height,
        x_title="x",
        y_title="y",
        legend=True,
        x_range=(xs[0], xs[-1]),
        y_range=(ys[0], ys[-1]),
        images=[{"source": picture, "xref": "x", "yref": "y", "layer": "below", **size}],
        still=True,
    )
    return clickable_cells(fig, CELLS, CELLS, size=15)


def _comet(path: OptimizerPath, moment: int) -> Part:
    """The last points up to an update, the newest as a ball."""
    end = int(np.searchsorted(path.steps, moment, side="right"))
    tail = path.points[max(0, end - TAIL) : end]
    return {"x": tail[:, 0], "y": tail[:, 1], "marker": {"size": [0] * (len(tail) - 1) + [13]}}


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
    return data_url(Image.fromarray(relief(heights)), optimize=True)
