"""A map drawn once as a picture: water in the valleys, and lines of equal height."""

import base64
import io
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from core.charts.color_arrays import rgb
from core.charts.palette import BLUE
from core.formatting import number

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
