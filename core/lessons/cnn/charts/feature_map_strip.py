"""Feature maps side by side as one picture, each on a scale of its own."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.charts.color_arrays import along
from core.charts.palette import DIVERGING, SEQUENTIAL


def map_strip(
    maps: ArrayLike, *, tops: ArrayLike, signed: bool, columns: int = 8, width: int = 720
) -> NDArray[np.uint8]:
    """Maps (C, H, W) in rows of `columns` as RGBA bytes, enlarged by a whole factor to about `width` pixels.

    tops: the value at the end of the scale, one for all maps or (C,) for each its own. signed: blue below
    zero, orange above, pale at zero; otherwise from 0 to the top, dark to bright. Gaps, and values that are
    no numbers, are see-through.
    """
    stack = np.asarray(maps, dtype=float)
    count, high, wide = stack.shape
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    factor = max(1, width // (columns * wide))
    gap = max(2, factor * wide // 12)
    cell_high, cell_wide = high * factor + gap, wide * factor + gap
    sheet = np.zeros((rows * cell_high - gap, columns * cell_wide - gap, 4), dtype=np.uint8)
    inked = (
        _ink(stack, np.asarray(tops, dtype=float).reshape(-1, 1, 1), signed)
        .repeat(factor, axis=1)
        .repeat(factor, axis=2)
    )
    for index, tile in enumerate(inked):
        up, left = (index // columns) * cell_high, (index % columns) * cell_wide
        sheet[up : up + high * factor, left : left + wide * factor] = tile
    return sheet


def _ink(values: NDArray[np.float64], tops: NDArray[np.float64], signed: bool) -> NDArray[np.uint8]:
    scale = DIVERGING if signed else SEQUENTIAL
    end = np.where(np.isfinite(tops) & (tops > 0), tops, 1.0)
    known = np.isfinite(values)
    place = np.where(known, values, 0.0) / end
    position = np.clip(place / 2 + 0.5 if signed else place, 0.0, 1.0)
    opaque = np.where(known, 255.0, 0.0)[..., None]
    return np.concatenate([along(scale, position), opaque], axis=-1).round().astype(np.uint8)
