"""Digit Lab's engine: data, networks, training, probes and figures.

Nothing here knows about Streamlit, so all of it works from a notebook or a shell.
"""
