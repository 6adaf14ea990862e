"""Whose runs are these? On a laptop all are yours; in a classroom each browser has its own.

Every browser gets a random id, kept in a cookie of its own. It is no password: it keeps what somebody chose from
reload to reload and, on a classroom server (`make serve`), thirty students' runs apart: nobody deletes another's.
"""

import os
import re
import secrets

import streamlit as st

from pages.ui.kit.shell.state import cookie

COOKIE = "digitlab_owner"
WEEKS = 26
_NAME = "lab_owner"
_ID = re.compile(r"[0-9a-f]{24}")


def classroom() -> bool:
    """Whether this server is shared by many browsers (DIGITLAB_CLASSROOM is set and not 0)."""
    return os.environ.get("DIGITLAB_CLASSROOM", "0") not in ("", "0")


def browser() -> str:
    """The id of the browser that shows this session."""
    if _NAME not in st.session_state:
        brought = cookie(COOKIE)
        st.session_state[_NAME] = brought if _ID.fullmatch(brought) else secrets.token_hex(12)
    name: str = st.session_state[_NAME]
    return name


def owner() -> str:
    """Who owns what this browser starts: "me" on a laptop, the browser's id in a classroom."""
    return browser() if classroom() else "me"


def mine() -> str | None:
    """The owner whose runs are listed; None on a laptop, where every run is yours."""
    return owner() if classroom() else None


def introduce() -> None:
    """Give the browser its id to keep, if it has none: the next visit then finds the same runs."""
    if cookie(COOKIE) == browser():
        return
    seconds = WEEKS * 7 * 24 * 3600
    kept = f"{COOKIE}={browser()}; path=/; max-age={seconds}; SameSite=Strict"
    st.html(f"<script>document.cookie = '{kept}'</script>", unsafe_allow_javascript=True)
