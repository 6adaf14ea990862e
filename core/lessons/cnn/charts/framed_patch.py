"""A digit with a part of it framed: the patch that a unit answered to."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.charts.color_arrays import rgb
from core.charts.palette import ORANGE
from core.charts.style import picture

LINE = 2  # screen pixels


def framed_picture(
    image: ArrayLike, window: tuple[int, int, int, int], *, size: int = 112, outside: float = 0.45
) -> NDArray[np.uint8]:
    """image (H, W) in [0, 1], enlarged by a whole factor; window (top, left, bottom, right) framed.

    The rows top … bottom − 1 and columns left … right − 1 keep their brightness, all others are dimmed to
    `outside` of it. The frame runs inside the window's outermost pixels. Returns (H·k, W·k, 3) bytes.
    """
    pixels = np.asarray(image, dtype=float)
    factor = max(1, size // max(pixels.shape))
    top, left, bottom, right = window
    share = np.full(pixels.shape, outside)
    share[top:bottom, left:right] = 1.0
    shown = picture(pixels * share, size=factor * max(pixels.shape))
    ink = rgb(ORANGE)
    a, b, c, d = (edge * factor for edge in (top, left, bottom, right))
    if c > a and d > b:
        shown[a : a + LINE, b:d] = shown[c - LINE : c, b:d] = ink
        shown[a:c, b : b + LINE] = shown[a:c, d - LINE : d] = ink
    return shown
