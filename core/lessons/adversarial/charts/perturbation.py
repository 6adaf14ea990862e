"""A perturbation as a picture: magnified until its largest change fills the scale of signed colors."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.charts.color_arrays import along
from core.charts.palette import DIVERGING, Scale

Bytes = NDArray[np.uint8]


def perturbation_picture(change: ArrayLike, *, size: int = 168) -> tuple[Bytes, float]:
    """change (H, W): what was added to each pixel, in [-1, 1]; orange brightened it, blue darkened it.

    Returns (H·k, W·k, 3) bytes, enlarged by a whole factor so that pixels stay squares, and the number by
    which the change is magnified: 1 over its largest size (1 where nothing changed). Every picture has a
    scale of its own, so that a change too small for the eye is seen; read its size from the factor.
    """
    values = np.asarray(change, dtype=float)
    top = float(np.abs(values).max(initial=0.0))
    factor = 1.0 / top if top > 0 else 1.0
    across = max(1, size // max(values.shape))
    return tint(values * factor).repeat(across, axis=0).repeat(across, axis=1), factor


def tint(values: ArrayLike, scale: Scale = DIVERGING) -> Bytes:
    """Numbers (…) in [-1, 1] as RGB bytes (…, 3); 0 is the middle of `scale`."""
    position = np.clip(np.asarray(values, dtype=float) / 2 + 0.5, 0.0, 1.0)
    return along(scale, position).round().astype(np.uint8)
