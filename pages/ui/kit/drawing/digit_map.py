"""Digits as marks of a map or as a grid of thumbnails: hovering enlarges an image, a click selects it.

A component of our own, because Plotly cannot show an image on hover. Everything it needs is sent with it, so
it works offline; its colors are the theme's.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike, NDArray

from core.charts.images import COLUMNS, sprite_sheet
from core.charts.palette import DIGITS

Places = NDArray[np.float64]
_HERE = Path(__file__).parent
_HTML = """
<div class="map">
  <canvas class="stage" tabindex="0" role="application"
    aria-description="Arrow keys go from digit to digit, Enter chooses."></canvas>
  <div class="lens" hidden><canvas width="112" height="112"></canvas><span></span></div>
  <div class="said" role="status"></div>
  <div class="tools">
    <button title="Zoom in">+</button>
    <button title="Zoom out">−</button>
    <button title="Reset the view">Reset</button>
  </div>
</div>
"""

_mount = st.components.v2.component(
    "digit_map",
    html=_HTML,
    css=(_HERE / "digit_map.css").read_text(encoding="utf-8"),
    js=(_HERE / "digit_map.js").read_text(encoding="utf-8"),
)


def digit_map(
    key: str,
    *,
    images: ArrayLike,
    labels: Sequence[int],
    names: Sequence[str],
    title: str,
    points: ArrayLike | None = None,
    chosen: int | None = None,
    height: int = 560,
    on_pick: Callable[[int], None] | None = None,
) -> None:
    """Draw images (N, 28, 28) at points (N, 2) or (N, 3), or as thumbnails in reading order without points.

    names: what stands under each enlarged image. chosen: the mark to ring. on_pick(i) is called before the
    page runs again when mark i is clicked. Drag to move a flat map or rotate a solid one.
    """
    mode: Literal["grid", "flat", "solid"] = "grid"
    places: list[list[float]] = []
    if points is not None:
        found = _fitted(np.asarray(points, dtype=float))
        mode = "flat" if np.shape(points)[1] == 2 else "solid"
        places = found.round(4).tolist()

    def picked() -> None:
        index = st.session_state[key].get("picked")
        if on_pick is not None and isinstance(index, int) and 0 <= index < len(labels):
            on_pick(index)

    _mount(
        key=key,
        data={
            "mode": mode,
            "title": title,
            "sheet": sprite_sheet(images),
            "columns": COLUMNS,
            "labels": list(labels),
            "names": list(names),
            "points": places,
            "colors": list(DIGITS),
            "chosen": chosen,
            "height": height,
        },
        on_picked_change=picked,
    )


def _fitted(points: Places) -> Places:
    """Center the cloud and scale it into [-1, 1]: a flat one axis by axis, a solid one as a whole. (N, 3)."""
    middle = (points.max(axis=0) + points.min(axis=0)) / 2
    reach = np.maximum(np.abs(points - middle).max(axis=0), 1e-9)
    if points.shape[1] == 3:
        solid: Places = (points - middle) / reach.max()
        return solid
    return np.column_stack([(points - middle) / reach, np.zeros(len(points))])
