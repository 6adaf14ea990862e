"""The other page to switch to."""

import streamlit as st

st.title("Two")
with st.sidebar:
    for file in ("app.py", "pages/two.py"):
        st.page_link(file, label=file)
