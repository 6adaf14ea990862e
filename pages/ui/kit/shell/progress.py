"""How far somebody has come: the tabs seen and the path taken, kept in the browser in two cookies.

A browser sends its cookies when a visit begins; from then on the session knows, and tells the browser what is new.
"""

import json
import re

import streamlit as st

from pages.ui.kit.shell.state import cookie

SEEN, PATH = "digitlab_seen", "digitlab_path"
DAYS = 365
_WORD = re.compile(r"[A-Za-z0-9.-]{1,60}")
_MOST = 200  # words taken from a cookie, whoever wrote it

#: Joins what another window of this browser has kept meanwhile; a browser that knows all is left alone.
_KEEP = """<script>(() => {
  const read = (name) => document.cookie.split("; ").find((c) => c.startsWith(`${name}=`))?.slice(name.length + 1);
  const keep = (name, value) => {
    if (read(name) !== value) document.cookie = `${name}=${value}; path=/; max-age=SECONDS; SameSite=Strict`;
  };
  const seen = read("digitlab_seen")?.split("|") ?? [];
  keep("digitlab_seen", [...new Set([...seen, ...WORDS])].join("|"));
  if (ROUTE) keep("digitlab_path", ROUTE);
})()</script>"""


def seen() -> frozenset[str]:
    """The words of the tabs that this browser has opened."""
    if "lab_seen" not in st.session_state:
        brought = cookie(SEEN).split("|")[:_MOST]
        st.session_state["lab_seen"] = frozenset(word for word in brought if _WORD.fullmatch(word))
    found: frozenset[str] = st.session_state["lab_seen"]
    return found


def mark_seen(word: str) -> None:
    """A tab was opened and has been drawn to its end. word: letters, digits, "." and "-"."""
    st.session_state["lab_seen"] = seen() | {word}


def path() -> str:
    """The title of the path that was taken, as it came with the browser: "" if there is none."""
    if "lab_path" not in st.session_state:
        brought = cookie(PATH).replace("-", " ")
        st.session_state["lab_path"] = brought if _WORD.fullmatch(brought.replace(" ", "-")) else ""
    found: str = st.session_state["lab_path"]
    return found


def take_path(title: str) -> None:
    """From now on Next follows this path. title: words of letters and digits."""
    st.session_state["lab_path"] = title


def keep() -> None:
    """Let the browser keep it; call once a run, when all is known. It draws nothing."""
    words, route = sorted(seen()), path().replace(" ", "-")
    if set(words) <= set(cookie(SEEN).split("|")) and cookie(PATH) == route:
        return
    script = _KEEP.replace("SECONDS", str(DAYS * 24 * 3600))
    script = script.replace("WORDS", json.dumps(words)).replace("ROUTE", json.dumps(route))
    with st.container(key="lab-progress"):
        st.html(script, unsafe_allow_javascript=True)
