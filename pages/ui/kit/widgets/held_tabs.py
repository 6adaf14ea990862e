"""A tab that somebody pressed opens, whatever the page is doing at that moment.

Streamlit switches tabs off for the instants in which it draws them anew: a press is then lost. And an answer
to an earlier press that comes late opens the earlier tab once more. held_tabs.js, in the reader's browser,
presses again in both cases.

What Streamlit and Plotly leave to the mouse, by_keyboard.js brings to the keyboard: wide formulas and players.

And a tab shows its title, whatever its label, the word in the address, is: tab_titles.js sees to that. What an image
shows stands in its tooltip: image_titles.js.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

_TITLES = Path(__file__).with_name("tab_titles.js").read_text(encoding="utf-8")
_SCRIPT = "\n".join(
    Path(__file__).with_name(name).read_text(encoding="utf-8")
    for name in ("held_tabs.js", "by_keyboard.js", "image_titles.js")
)


def hold_tabs() -> None:
    """Put the scripts that every page needs on it; call once a run. They draw nothing."""
    with st.container(key="lab-script"):
        st.html(f"<script>{_SCRIPT}</script>", unsafe_allow_javascript=True)


def title_tabs(titles: Mapping[str, str]) -> None:
    """Show titles in place of labels in the page's tab bar. titles: by label, the others stay as they are."""
    with st.container(key="lab-titles"):
        st.html(f"<script>{_TITLES.replace('TITLES', json.dumps(titles))}</script>", unsafe_allow_javascript=True)
