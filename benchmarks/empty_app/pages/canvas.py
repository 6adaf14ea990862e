"""A canvas as large as Digit Lab's, and how many of its pixels hold ink."""

import streamlit as st
from streamlit_drawable_canvas import st_canvas

st.title("Canvas")
cleared = st.session_state.setdefault("cleared", 0)
with st.container(key="ink"):
    result = st_canvas(
        stroke_width=20,
        stroke_color="#FFFFFF",
        background_color="#000000",
        width=280,
        height=280,
        return_image_data=True,
        key=f"canvas_{cleared}",
    )
st.markdown(f"{0 if result.image_data is None else int((result.image_data[..., 0] > 0).sum())} pixels of ink")
if st.button("Clear"):
    st.session_state["cleared"] += 1
    st.rerun()
