"""Many small pictures with words below each, as many in a row as the screen has room for."""

import base64
import io
from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike
from PIL import Image


def sheet_of(images: ArrayLike, captions: Sequence[str], names: Sequence[str], *, side: int = 64) -> None:
    """Draw images (N, H, W) in [0, 1] as sharp squares of `side` pixels. names: said when pointed at."""
    figures = [
        f'<figure style="margin:0;width:{side}px;text-align:center" title="{escape(name)}">'
        f'<img src="data:image/png;base64,{_png(image)}" alt="{escape(name)}, {escape(caption)}" '
        f'width="{side}" height="{side}" style="image-rendering:pixelated;border-radius:4px">'
        f'<figcaption style="font-size:0.75rem;opacity:0.8;white-space:nowrap">{escape(caption)}</figcaption>'
        "</figure>"
        for image, caption, name in zip(np.asarray(images, dtype=float), captions, names, strict=True)
    ]
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:0.5rem 0.6rem">{"".join(figures)}</div>')


def _png(image: np.ndarray) -> str:
    held = io.BytesIO()
    gray = np.round(np.clip(image, 0.0, 1.0) * 255).astype(np.uint8)
    Image.fromarray(gray).save(held, "PNG")
    return base64.b64encode(held.getvalue()).decode()
