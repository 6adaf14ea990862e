"""The same gradient found in several ways, as small pictures on one scale of colors."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.charts.palette import DIVERGING
from core.charts.style import shade

WIDE = 155  # pixels of the screen a picture may take
LARGEST = 24  # pixels of one cell, at most


def gradient_pictures(ways: ArrayLike, *, wide: int = WIDE) -> NDArray[np.uint8]:
    """ways (V, rows, columns): V pictures as RGBA bytes (V, H, W, 4), a number has the same color in all.

    Blue is below zero, orange above. NaN, what was not measured, is left see-through. Cells are enlarged
    here, so that no browser smooths them; where there are many columns and few rows they stand upright.
    """
    values = np.asarray(ways, dtype=float)
    known = np.isfinite(values)
    pictures = shade(np.where(known, values, 0.0), DIVERGING)
    pictures[..., 3] = np.where(known, 255, 0)
    rows, columns = values.shape[1:]
    across = int(np.clip(wide // columns, 1, LARGEST))
    down = across if rows > 12 else int(np.clip(90 // rows, across, LARGEST))
    return pictures.repeat(down, axis=1).repeat(across, axis=2)
