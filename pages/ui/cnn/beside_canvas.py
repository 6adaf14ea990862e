"""Controls on the left in a column wide enough to draw in; what they cause on the right."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.kit.drawing.canvas import SIDE

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
