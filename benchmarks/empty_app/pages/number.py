"""A slider and the number it stands at."""

import streamlit as st

st.title("Number")
st.markdown(f"{st.slider('Number', 0, 100, 50)}")
