"""Digit Lab's engine: data, networks, training, attacks, and what each lesson computes and draws.

Nothing here knows about Streamlit, so all of it works from a notebook or a shell.
"""
