"""A map drawn once as a picture: water in the valleys, and lines of equal height."""

import base64
import io

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from core.figures.inks import rgb
from core.figures.palette import BLUE

WATER = rgb(BLUE)
LINE = (128, 140, 152)  # the ink of an axis
DEEP = 0.5  # how much of the water shows at the lowest place
LEVELS = 16


def relief(heights: ArrayLike) -> NDArray[np.uint8]:
    """heights (H, W) of at least 0, first row lowest y → RGBA (H, W, 4), first row on top.

    Lines are evenly spaced in log₁₀(f + floor), floor 1e-5 of the highest, so that bottom and walls both have
    some. The ground is see-through, for either theme. A line is as dark as the pixel is near to it.
    """
    values = np.asarray(heights, dtype=float)[::-1]
    logs = np.log10(values + float(values.max()) * 1e-5)
    share = (logs - logs.min()) / (float(np.ptp(logs)) or 1.0)
    upward, across = np.gradient(share * LEVELS)
    level = share * LEVELS
    away = np.abs(level - np.round(level)) / np.maximum(np.hypot(upward, across), 1e-9)  # in pixels
    line = 0.6 * np.clip(1.3 - away, 0.0, 1.0)
    water = DEEP * (1.0 - share)
    alpha = line + water * (1.0 - line)
    blend = np.divide(line, alpha, out=np.zeros_like(line), where=alpha > 0)[..., None]
    ink = blend * np.array(LINE) + (1 - blend) * np.array(WATER)
    return np.concatenate([ink, alpha[..., None] * 255], axis=-1).round().astype(np.uint8)


def relief_uri(heights: ArrayLike) -> str:
    """The same of heights (H, W) as a PNG that a figure can carry."""
    kept = io.BytesIO()
    Image.fromarray(relief(heights)).save(kept, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()
