"""How many of the test images take part, and the small sample that is measured without a click.

Work begins by itself with a small sample, so that the first view says something; what is more waits for a press.
"""

from collections.abc import Collection, Hashable, Sequence
from typing import TypeVar

import streamlit as st

from core.data.digits import Mnist

IMAGES, FEW = (100, 200, 500, 1000), 200
ALL = "all"


def at_first(mnist: Mnist) -> str:
    """The option that stands there at the start."""
    return f"{FEW:,}" if len(mnist.test) > FEW else ALL


def image_count(key: str, mnist: Mnist) -> int:
    """Let the reader choose; samples are drawn once, and the larger ones hold the smaller."""
    total = len(mnist.test)
    options = [f"{n:,}" for n in IMAGES if n < total] + [ALL]
    picked = st.select_slider(
        "Test images",
        options,
        at_first(mnist),
        key=f"{key}_{mnist.size}",
        bind="query-params",
        help=f"A random sample of the {total:,} test images, the same each time; a larger sample contains the "
        "smaller ones. More images make the 95% intervals narrower.",
    )
    return total if picked == ALL else int(str(picked).replace(",", ""))


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
