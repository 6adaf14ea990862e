"""The least a Streamlit app can be: the baseline of the rows about pages, sliders and strokes."""

import streamlit as st

st.title("One")
with st.sidebar:
    for file in ("app.py", "pages/two.py", "pages/number.py", "pages/canvas.py", "pages/train.py"):
        st.page_link(file, label=file)
