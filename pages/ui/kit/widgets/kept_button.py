"""A button whose press is kept until the page has come to the place that asks for it.

Streamlit begins a page anew when somebody does the next thing, and forgets the button that was pressed: who
presses Train and then a tab has pressed Train for nothing if the page had not yet read it.
"""

import time
from typing import Any

import streamlit as st

#: Seconds after which a press counts no more: its place was left before it could be read.
KEPT = 10.0


def kept_button(label: str, *, key: str, **more: Any) -> bool:
    """Draw a button as `st.button` does; whether it was pressed, in this run or one that this one cut short.

    For buttons that start something from what the controls beside them say; the others have callbacks.
    """
    st.button(label, key=key, on_click=_keep, args=(key,), **more)
    since = st.session_state.pop(f"{key}_pressed", None)
    return since is not None and time.monotonic() - since < KEPT and not more.get("disabled", False)


def _keep(key: str) -> None:
    """Callback, before anything can cut the run short."""
    st.session_state[f"{key}_pressed"] = time.monotonic()
