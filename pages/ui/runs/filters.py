"""Which runs are shown: by recipe, how they ended, how they came about, their data, and words."""

import streamlit as st

from core.lessons.runs.rows import STATUSES, Wanted
from core.recipes.texts import train_recipes
from core.storage.runs import KINDS

KEY = "runs_filters"
_KINDS = {"all": "", "single runs": KINDS[0], "of a race": KINDS[1], "of a sweep": KINDS[2]}
_DATA = {"any": "", "full": "full", "small": "small", "points": "points", "words": "words"}
_WANTED = "runs_wanted"  # session key: what `choose` was last told


def choose() -> None:
    """Draw the filters."""
    with st.container(key=KEY), st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        words = st.text_input(
            "Search",
            key="runs_words",
            bind="query-params",
            icon=":material/search:",
            width=170,
            placeholder="name, lr=0.1, relu …",
            help="Every word must stand in a run's name, recipe, id or settings, such as `lr=0.1 relu`.",
        )
        recipes = st.multiselect(
            "Recipes",
            train_recipes(),
            key="runs_recipes",
            bind="query-params",
            width=190,
            placeholder="all",
            help="Only runs of these recipes. Nothing chosen: all.",
        )
        statuses = st.multiselect(
            "How it ended",
            list(STATUSES),
            key="runs_statuses",
            bind="query-params",
            width=170,
            placeholder="all",
            help="Stopped: before its last epoch. Diverged: its loss was no number any more.",
        )
        kind = st.selectbox(
            "Made as",
            list(_KINDS),
            key="runs_kind",
            bind="query-params",
            width=125,
            help="A run by itself, a lane of a race, or a trial of a sweep.",
        )
        data = st.selectbox(
            "Data",
            list(_DATA),
            key="runs_data",
            bind="query-params",
            width=110,
            help="Full: the whole MNIST. Small: the bundled digits.",
        )
    st.session_state[_WANTED] = Wanted(
        tuple(recipes), tuple(statuses), _KINDS[kind or "all"], _DATA[data or "any"], words or ""
    )


def hide() -> None:
    """Where nothing is filtered they take no room; they stay there and keep what is chosen."""
    st.html(f"<style>.st-key-{KEY} {{ display: none; }}</style>")


def wanted() -> Wanted:
    """Which runs pass the filters."""
    found: Wanted = st.session_state.get(_WANTED) or Wanted()
    return found
