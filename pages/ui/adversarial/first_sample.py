"""Work that begins by itself with a small sample, so that the first view says something without a click.

What is more than that sample waits for a press.
"""

from collections.abc import Collection, Hashable, Sequence
from typing import TypeVar

import streamlit as st

Piece = TypeVar("Piece", bound=Hashable)
SMALL = 100  # images


def begin(key: str, asked: Hashable, first: Sequence[Piece], known: Collection[Piece]) -> None:
    """Set the work of that key going where the question is new and its first sample is not known yet.

    asked: what the controls say; the same question is begun once, so a press on Stop holds.
    """
    if st.session_state.get(f"{key}_asked") == asked:
        return
    st.session_state[f"{key}_asked"] = asked
    if not st.session_state.get(f"{key}_on") and any(piece not in known for piece in first):
        st.session_state[f"{key}_on"] = st.session_state[f"{key}_small"] = True


def ahead(key: str, first: Sequence[Piece], every: Sequence[Piece], known: Collection[Piece]) -> Sequence[Piece]:
    """What is to be worked on now: the first sample alone if the work began by itself, else all of it."""
    if not st.session_state.get(f"{key}_small"):
        return every
    if st.session_state.get(f"{key}_on") and any(piece not in known for piece in first):
        return first
    st.session_state[f"{key}_small"] = st.session_state[f"{key}_on"] = False  # done or stopped
    return every
