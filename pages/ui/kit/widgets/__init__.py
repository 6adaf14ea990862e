"""Streamlit widgets that agree with the address, charts, work in small pieces."""
