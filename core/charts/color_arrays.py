"""Colors as numbers: mixed along a scale, or made mostly see-through."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.charts.palette import Scale


def rgb(color: str) -> tuple[int, int, int]:
    """A color "#RRGGBB" as its red, green and blue, each from 0 to 255."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def pale(color: str, share: float = 0.18) -> str:
    """The color, mostly see-through: for bands. share: how much of it is left, in [0, 1]."""
    red, green, blue = rgb(color)
    return f"rgba({red}, {green}, {blue}, {share})"


def along(scale: Scale, places: ArrayLike) -> NDArray[np.float64]:
    """Places (…) along a scale, 0 its start and 1 its end, as red, green and blue (…, 3) from 0 to 255.

    Between two stops the colors are mixed in proportion; they are not rounded. NaN stays NaN.
    """
    stops, inks = [stop for stop, _ in scale], np.array([rgb(ink) for _, ink in scale], dtype=float)
    at = np.asarray(places, dtype=float)
    return np.stack([np.interp(at, stops, inks[:, part]) for part in range(3)], axis=-1)
