"""Small images in a row that wraps: digits, weights."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike, NDArray

from core.charts.images import picture, shade
from core.charts.palette import DIVERGING

WIDTH = 84


def digit_gallery(images: ArrayLike, captions: Sequence[str], width: int = WIDTH) -> None:
    """Images (N, 28, 28) in [0, 1], white on black, sharp, with a caption each."""
    _show([picture(image, size=width) for image in np.asarray(images)], captions, width)


def weight_gallery(weights: ArrayLike, captions: Sequence[str], width: int = WIDTH) -> None:
    """Signed images (N, 28, 28): blue below zero, orange above, one scale for all of them."""
    factor = max(1, width // 28)
    tiles = shade(weights, DIVERGING).repeat(factor, axis=1).repeat(factor, axis=2)
    _show(list(tiles), captions, width)


def _show(tiles: list[NDArray[np.uint8]], captions: Sequence[str], width: int) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        for tile, caption in zip(tiles, captions, strict=True):
            with st.container(width=width, gap=None):
                st.image(tile, width=width, alt=caption.replace("*", ""))
                st.caption(caption, text_alignment="center")
