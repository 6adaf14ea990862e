"""Feature maps in one small picture file, colored, for tiles that the browser cuts out itself."""

import base64
import io

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from core.charts.color_arrays import along
from core.charts.palette import Scale
from core.charts.tensor_heatmap import SCALES, Kind


def map_sprites(maps: ArrayLike, tops: ArrayLike, *, kind: Kind) -> str:
    """maps (N, H, W) one below the other as one PNG of W by N·H pixels, as a data URL; no maps give "".

    tops: (N,), the size at which the colors of each map end. kind: "signed" is blue below zero, orange
    above; "share" goes from dark at zero to yellow at the top; "image" from black to white.
    255 shades; cells that are NaN are see-through.
    """
    stack = np.asarray(maps, dtype=float)
    count, _, wide = stack.shape
    if not count:
        return ""
    limit = np.asarray(tops, dtype=float)[:, None, None]
    limit = np.where(limit > 0, limit, 1.0)
    known = np.isfinite(stack)
    share = np.nan_to_num(stack) / limit
    share = np.clip(share / 2 + 0.5 if kind == "signed" else share, 0.0, 1.0)
    index = np.where(known, 1 + np.round(share * 254), 0).astype(np.uint8)
    image = Image.fromarray(index.reshape(-1, wide), mode="P")
    image.putpalette(shades(SCALES[kind]).tobytes())
    file = io.BytesIO()
    image.save(file, "PNG", transparency=0)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def shades(scale: Scale) -> NDArray[np.uint8]:
    """256 colors (256, 3): the first is for nothing at all, the others go along the scale."""
    colors = along(scale, np.linspace(0.0, 1.0, 255))
    return np.concatenate([np.zeros((1, 3)), colors]).round().astype(np.uint8)


def strip(values: ArrayLike, columns: int = 64) -> NDArray[np.float64]:
    """A layer's units (N,) in rows of at most `columns`, NaN in the cells left over."""
    numbers = np.asarray(values, dtype=float)
    wide = min(columns, len(numbers))
    cells = np.full(-(-len(numbers) // wide) * wide, np.nan)
    cells[: len(numbers)] = numbers
    return cells.reshape(-1, wide)
