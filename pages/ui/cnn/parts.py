"""A tab in parts, one on the screen at a time; and links from before it had parts, or another first network."""

from collections.abc import Mapping

import streamlit as st

from core.recipes.texts import RECIPES
from pages.ui.cnn.layer_words import tag

LAB = "cnn-lab"


def pick_part(key: str, parts: Mapping[str, tuple[str, ...]], *, help: str) -> str:
    """The part to show. parts: title → how the parameters begin that only this part has.

    An address that names no part opens the one whose settings it holds, else the first.
    """
    if key not in st.session_state and key not in st.query_params:
        for title, begins in parts.items():
            if begins and any(name.startswith(begins) for name in st.query_params):
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


def open_former_first(recipe: str) -> None:
    """The page opened with the lab report's network before: an address with its settings, or with choices that only
    fit its layers, goes on meaning it. recipe: the key of the recipe's widget. Call it before that is drawn."""
    if recipe in st.session_state or recipe in st.query_params or "cnn_run" in st.query_params:
        return
    own = tag(RECIPES[LAB].config.cnn)
    if any(name.startswith(f"{LAB}_") or name.endswith(own) or name == "cnn_epoch_of_20" for name in st.query_params):
        st.session_state[recipe] = LAB
