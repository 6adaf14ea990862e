"""A black square to draw a digit on, and beside it what the network will receive."""

from typing import TYPE_CHECKING

import streamlit as st

from core.figures.template import picture
from pages.ui import state

if TYPE_CHECKING:
    from core.data.drawing import Drawing

SIDE = 280  # ten screen pixels for one of the network's; fits the narrowest phone


def digit_canvas(key: str) -> "Drawing | None":
    """Draw with mouse, pen or finger; returns the drawing as the network receives it, None while it is blank.

    The drawing survives reruns, closed tabs and visits to other pages, until it is cleared or the page is
    reloaded. White ink on black, as in MNIST.
    """
    from core.data.drawing import from_canvas
    from streamlit_drawable_canvas import st_canvas  # registers itself with the running server: not earlier

    with st.container(key=key, horizontal=True, gap="medium", vertical_alignment="top"):
        with st.container(width=SIDE, gap="small"):
            pen_place = st.container()
            with pen_place:
                pen = st.slider(
                    "Pen width (pixels)",
                    8,
                    40,
                    20,
                    key=f"{key}_pen",
                    help="MNIST's strokes are about 20 wide.",
                )
            kept = state.ink(key)
            name = f"{key}_canvas_{kept.cleared}"
            if name not in st.session_state:  # (back) on the screen: give it what was drawn before
                kept.start = kept.strokes
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
            if result.image_data is not None:
                kept.strokes, kept.pixels = result.json_data, result.image_data
        drawing = None if kept.pixels is None else from_canvas(kept.pixels)
        with st.container(width=130, gap="small"):
            st.caption("What the network receives: 28 × 28")
            if drawing is None:
                st.caption(":material/draw: Draw one digit, large, on the black square.")
            else:
                st.image(picture(drawing.image[0].numpy(), size=112), width=112)
            st.button(
                "Clear",
                icon=":material/ink_eraser:",
                key=f"{key}_clear",
                on_click=state.clear_ink,
                args=(key,),
                disabled=drawing is None,
            )
    return drawing
