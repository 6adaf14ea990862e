"""A tab in parts, one on the screen at a time."""

from collections.abc import Mapping

import streamlit as st

from pages.ui.kit.shell import state


def pick_part(key: str, parts: Mapping[str, tuple[str, ...]], *, help: str) -> str:
    """The part to show. parts: title → how the parameters begin that only this part has.

    An address that names no part opens the one whose settings it holds, else the first.
    """
    said = state.parameters()
    if key not in st.session_state and key not in said:
        for title, begins in parts.items():
            if begins and any(name.startswith(begins) for name in said):
                st.session_state[key] = title
    return st.segmented_control(
        "Part",
        list(parts),
        default=next(iter(parts)),
        required=True,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
        help=help,
    )
