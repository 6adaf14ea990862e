"""The one drawing there is: every canvas shows it, wherever it was drawn, and a reload finds it again."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.ui.kit.shell import choices

INK = "lab_ink"  # session key


@dataclass
class Ink:
    """A drawing between two canvases: its strokes, its pixels, and how often it was cleared.

    strokes: the canvas's own description of the drawing, to hand to the next canvas that appears.
    start: the strokes that a canvas was last mounted with; must not change while it is on the screen.
    pixels: (H, W, 4) bytes as last received, or None.
    """

    strokes: dict[str, Any] | None = None
    start: dict[str, Any] | None = None
    pixels: NDArray[np.uint8] | None = None
    cleared: int = 0


def ink() -> Ink:
    """The drawing as it stands."""
    if INK not in st.session_state:
        strokes, pixels = choices.chosen(choices.DRAWING) or (None, None)
        st.session_state[INK] = Ink(strokes, pixels=pixels)
    kept: Ink = st.session_state[INK]
    return kept


def draw(strokes: dict[str, Any] | None, pixels: NDArray[np.uint8]) -> None:
    """Take over what a canvas has sent."""
    kept = ink()
    kept.strokes, kept.pixels = strokes, pixels
    choices.choose(choices.DRAWING, (strokes, pixels))


def clear_ink() -> None:
    """Forget the drawing; every canvas is empty."""
    st.session_state[INK] = Ink(cleared=ink().cleared + 1)
    choices.choose(choices.DRAWING, None)
