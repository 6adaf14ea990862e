"""What the lab remembers about one browser session, and how an address keeps it.

Widgets need nothing from here: with `key="data_digit", bind="query-params"` Streamlit keeps a widget's value
in the address and restores both when its page is entered again. What it does not keep, and this file does, are
plain facts such as the id of a running job: every page link drops them from the address.

Names begin with the page they belong to: home_, data_, mlp_.
"""

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


def remember(name: str, value: str | None) -> None:
    """Keep `value` under `name` for this session and in the address; None forgets it."""
    if value is None:
        st.session_state.pop(name, None)
        st.query_params.pop(name, None)
    else:
        st.session_state[name] = value
        _write(name, value)


def recall(name: str) -> str | None:
    """What is kept under `name`: from the address if it says so, else from this session.

    Call it whenever the page runs: it writes the address anew after a page link has cleared it. A new session
    (a reload, a shared link) finds the value in the address and adopts it.
    """
    value = st.query_params.get(name) or st.session_state.get(name)
    if not isinstance(value, str):
        return None
    st.session_state[name] = value
    _write(name, value)
    return value


def linked(name: str) -> str | None:
    """What the address says of a widget that does not stand on the page yet."""
    value: str | None = st.query_params.get(name)
    return value


def parameters() -> frozenset[str]:
    """The names of what the address says."""
    return frozenset(st.query_params)


def asks() -> bool:
    """Whether the address says anything at all."""
    return bool(st.query_params)


def begin_with(key: str, value: str) -> None:
    """Set a bound widget that is not on the screen, if the address says nothing at all: to what it was `left` at in
    this session, else to `value`."""
    if key not in st.session_state and not asks():
        st.session_state[key] = st.session_state.get(f"{key}_left", value)


def left(key: str, value: str) -> None:
    """Remember what a bound widget says, for `begin_with`."""
    st.session_state[f"{key}_left"] = value


def cookie(name: str) -> str:
    """What the browser has kept under that name, as it said when this visit began; "" if nothing."""
    brought = st.context.cookies.get(name, "")
    return brought if isinstance(brought, str) else ""  # Streamlit's own test harness has no browser


def session_id() -> str:
    """Names this browser session; a reload is a new one."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def page_file() -> str:
    """The file of the page that is open, "2_MLP_Autograd.py"."""
    context = get_script_run_ctx()
    found = context.pages_manager.get_pages().get(context.page_script_hash) if context else None
    return Path(found["script_path"]).name if found else "app.py"


def _write(name: str, value: str) -> None:
    """Put a parameter into the address, only if it differs: each write is a message to the browser."""
    if st.query_params.get(name) != value:
        st.query_params[name] = value
