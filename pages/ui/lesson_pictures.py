"""A small picture for each lesson on Home, computed from the digits and networks that are there.

All have the same shape, 2 rows of 5 tiles, and see-through gaps, so that they suit either theme.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.figures.palette import DIVERGING
from core.figures.template import shade
from pages.ui.cache import mnist, shipped_model

Bytes = NDArray[np.uint8]

ENLARGE = 4
GAP = 2  # pixels of the images, before enlarging


@st.cache_data(show_spinner=False, max_entries=50)
def lesson_picture(file: str, data: str) -> Bytes | None:
    """The picture of the lesson on page `file`, RGBA, or None if it has none.

    `data` names the digits in use: other digits, another picture.
    """
    paint = _PICTURES.get(file)
    tiles = paint() if paint else None
    return None if tiles is None else _mosaic(tiles)


def _one_of_each() -> Bytes:
    """The ten digits, a handwritten one of each."""
    test = mnist().test
    first = [int(test.of_class(digit)[0]) for digit in range(10)]
    gray = (test.images[first, 0].numpy() * 255).round().astype(np.uint8)
    return np.stack([gray, gray, gray, np.full_like(gray, 255)], axis=-1)


def _templates() -> Bytes | None:
    """What a linear network learned to look for in each of the ten digits: its weights, blue < 0 < orange."""
    from core.checkpoints import shipped

    if "linear-softmax" not in shipped():
        return None
    for weights in shipped_model("linear-softmax").model.parameters():
        if sorted(weights.shape) == [10, 784]:
            rows = weights.detach().numpy()
            rows = rows if rows.shape[0] == 10 else rows.T
            return shade(rows.reshape(10, 28, 28), DIVERGING)
    return None


_PICTURES: Final[dict[str, Callable[[], Bytes | None]]] = {
    "pages/1_Data_Explorer.py": _one_of_each,
    "pages/2_MLP_Autograd.py": _templates,
}


def _mosaic(tiles: Bytes) -> Bytes:
    """Ten RGBA tiles (10, H, W, 4) as 2 rows of 5, enlarged without smoothing."""
    high, wide = tiles.shape[1:3]
    board = np.zeros((2 * high + GAP, 5 * wide + 4 * GAP, 4), dtype=np.uint8)
    for index, tile in enumerate(tiles):
        top, left = (index // 5) * (high + GAP), (index % 5) * (wide + GAP)
        board[top : top + high, left : left + wide] = tile
    return board.repeat(ENLARGE, axis=0).repeat(ENLARGE, axis=1)
