"""Whose runs are these? On a laptop all are yours; in a classroom each browser has its own.

A classroom server (`make serve`) gives every browser a random id, kept in a cookie of its own. It is no
password: it keeps thirty students' runs apart, and nobody deletes another's.
"""

import os
import re
import secrets

import streamlit as st

COOKIE = "digitlab_owner"
WEEKS = 26
_NAME = "lab_owner"
_ID = re.compile(r"[0-9a-f]{24}")


def classroom() -> bool:
    """Whether this server is shared by many browsers (DIGITLAB_CLASSROOM is set and not 0)."""
    return os.environ.get("DIGITLAB_CLASSROOM", "0") not in ("", "0")


def owner() -> str:
    """Who owns what this browser starts: "me" on a laptop, its random id in a classroom."""
    if not classroom():
        return "me"
    if _NAME not in st.session_state:
        brought = st.context.cookies.get(COOKIE, "")
        st.session_state[_NAME] = brought if _ID.fullmatch(brought) else secrets.token_hex(12)
    name: str = st.session_state[_NAME]
    return name


def mine() -> str | None:
    """The owner whose runs are listed; None on a laptop, where every run is yours."""
    return owner() if classroom() else None


def introduce() -> None:
    """Give the browser its id to keep, if it has none: the next visit then finds the same runs."""
    if not classroom() or st.context.cookies.get(COOKIE) == owner():
        return
    seconds = WEEKS * 7 * 24 * 3600
    cookie = f"{COOKIE}={owner()}; path=/; max-age={seconds}; SameSite=Strict"
    st.html(f"<script>document.cookie = '{cookie}'</script>", unsafe_allow_javascript=True)
