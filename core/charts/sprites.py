"""Many digits in one small picture file, for marks and thumbnails that the browser cuts out itself."""

import base64
import io

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

COLUMNS = 40


def sprite_sheet(images: ArrayLike, columns: int = COLUMNS) -> str:
    """Images (N, H, W) in [0, 1] side by side as one gray PNG, `columns` a row, as a data URL.

    Image i starts at pixel (W·(i mod columns), H·(i div columns)). A thousand digits make about 250 kB.
    """
    stack = np.asarray(images, dtype=float)
    count, high, wide = stack.shape
    rows = max(1, -(-count // columns))
    sheet = np.zeros((rows * columns, high, wide), dtype=np.uint8)
    sheet[:count] = np.round(np.clip(stack, 0, 1) * 255)
    pixels = sheet.reshape(rows, columns, high, wide).swapaxes(1, 2).reshape(rows * high, columns * wide)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
