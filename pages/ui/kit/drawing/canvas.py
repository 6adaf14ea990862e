"""A black square to draw a digit on, and beside it what the network will receive."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts.images import picture
from core.config.errors import DataError
from pages.ui.kit.drawing.ink import clear_ink, draw, ink

if TYPE_CHECKING:
    from streamlit_drawable_canvas import CanvasResult

    from core.data.drawing import Drawing

SIDE = 280  # ten screen pixels for one of the network's; fits the narrowest phone
PREVIEW = 112
BESIDE = 128
ALWAYS_A_DIGIT = (
    "A classifier predicts one of its ten classes for anything, even a scribble: for a single dot, *cnn-bn* has a "
    "confidence of over 99%."
)
_TOOLBAR = Path(__file__).with_name("canvas_toolbar.js").read_text(encoding="utf-8")


def digit_canvas(key: str, caption: str = "Input of the network, 28 × 28:") -> "Drawing | None":
    """Draw with mouse, pen or finger; returns the drawing as the network receives it, None while it is blank.

    caption: what stands above the small picture of it.
    It is the same drawing on every canvas, and it survives a reload, until it is cleared. White ink on black, as in
    MNIST.
    """
    from streamlit_drawable_canvas import st_canvas  # registers itself with the running server: not earlier

    from core.data.drawing import from_canvas
    from core.data.images import canvas_pixels

    kept = ink()
    name = f"{key}_canvas_{kept.cleared}"
    if name not in st.session_state:  # (back) on the screen: give it what was drawn before
        kept.start = kept.strokes
    with st.container(key=key, horizontal=True, gap="medium"):
        square = st.container(width=SIDE)
        with st.container(horizontal=True, gap="small"):  # beside the square, or below it where that is all the room
            with st.container(width=BESIDE, gap="small"):
                st.caption(caption)
                small = st.container(height=PREVIEW, width=PREVIEW, border=False)
            with st.container(width=BESIDE, gap="small"):
                st.button("Clear", icon=":material/ink_eraser:", key=f"{key}_clear", on_click=clear_ink)
                pen = st.slider(
                    "Pen width (pixels)",
                    8,
                    40,
                    20,
                    key=f"{key}_pen",
                    help=f"Width of a stroke on this canvas of {SIDE} × {SIDE} pixels.",
                )
        with square:
            st.caption("Draw a digit:")  # beside it, over the canvas's right half, stands the canvas's toolbar
            with st.container(key=f"lab-script-{key}"):
                st.html(f"<script>{_TOOLBAR}</script>", unsafe_allow_javascript=True)
            result = st_canvas(
                stroke_width=pen,
                stroke_color="#FFFFFF",
                background_color="#000000",
                width=SIDE,
                height=SIDE,
                initial_drawing=kept.start,
                return_image_data=True,
                key=name,
            )
    st.caption(ALWAYS_A_DIGIT)
    if (sent := _sent(result)) is not None:
        draw(result.json_data, canvas_pixels(sent))
    drawing = None if kept.pixels is None else from_canvas(kept.pixels)
    if drawing is None:
        small.caption("*nothing drawn yet*")
    else:
        small.image(picture(drawing.image[0].numpy(), size=PREVIEW), width=PREVIEW, alt="Your drawing, 28 × 28 pixels")
    return drawing


def _sent(result: "CanvasResult") -> bytes | None:
    """The file that the browser sent, unopened: the component itself would open it in any format."""
    try:
        content: bytes | None = result.image_bytes
    except (ValueError, AttributeError, TypeError) as error:  # whoever sent it was no canvas
        raise DataError("What the canvas sent is not an image. Clear it and draw again.") from error
    return content


# Controls on the left in a column wide enough to draw in; what they cause on the right.


#: What is caused stands below the controls where there is no room beside them.
ROOM = (
    '<style>[data-testid="stLayoutWrapper"]:has(> .st-key-cnn_stage), .st-key-cnn_stage '
    "{ min-width: min(100%, 26rem); }</style>"
)


def beside_canvas() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Plain columns shrink with the window and would cut the canvas; these keep its width."""
    st.html(ROOM)
    with st.container(horizontal=True, gap="large"):
        return st.container(width=SIDE), st.container(width="stretch", key="cnn_stage")
