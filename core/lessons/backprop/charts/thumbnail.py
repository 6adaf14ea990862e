"""A tensor of any shape as a small square picture: sharp cells, of a large one its strongest numbers."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.charts.color_arrays import along
from core.charts.tensor_heatmap import SCALES, Kind, pool

CELLS = 42  # a side at most: more cannot be told apart in a thumbnail


def thumbnail(values: ArrayLike, *, kind: Kind = "signed", size: int = 168) -> NDArray[np.uint8]:
    """values (R, C) as RGBA bytes (size, size, 4), colors as in `matrix_figure`.

    A long row is folded, 784 numbers into the image they are. Of a large matrix each block shows the number
    largest in size.
    """
    table = np.atleast_2d(np.asarray(values, dtype=float))
    if len(table) == 1 and table.shape[1] > CELLS:
        table = _folded(table[0])
    if max(table.shape) > CELLS:
        table = pool(table, -(-table.shape[0] // CELLS), -(-table.shape[1] // CELLS))
    top = float(np.nanmax(np.abs(table), initial=0.0)) or 1.0
    share = np.clip(table / (2 * top) + 0.5 if kind == "signed" else table / top, 0.0, 1.0)
    colors = along(SCALES[kind], share)
    opaque = np.where(np.isnan(table), 0.0, 255.0)[..., None]
    picture = np.concatenate([np.nan_to_num(colors), opaque], axis=-1).round().astype(np.uint8)
    rows, columns = (np.arange(size) * count // size for count in table.shape)
    enlarged: NDArray[np.uint8] = picture[rows][:, columns]
    return enlarged


def _folded(row: NDArray[np.float64]) -> NDArray[np.float64]:
    """A row as a table that is nearly square, empty where numbers run out."""
    wide = int(np.ceil(np.sqrt(len(row))))
    table = np.full(-(-len(row) // wide) * wide, np.nan)
    table[: len(row)] = row
    return table.reshape(-1, wide)
