"""Which runs are shown: single runs at first; by search words, run type, recipe, status and data."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.formatting import count
from core.lessons.runs.rows import STATUSES, Wanted
from core.recipes.texts import train_recipes
from core.storage.runs import KINDS, RunRecord
from pages.ui.kit.widgets.binding import renamed

KEY = "runs_filters"
_ALL = "all"
_KINDS = {"single runs": KINDS[0], "races": KINDS[1], "sweep trials": KINDS[2], _ALL: ""}
renamed("runs_kind", {"of a race": "races", "of a sweep": "sweep trials"})
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
            width=260,
            placeholder="name, lr=0.1, relu …",
            help="Every word must occur in a run's name, recipe, ID or settings, such as `lr=0.1 relu`.",
        )
        kind = st.selectbox(
            "Run type",
            list(_KINDS),
            key="runs_kind",
            bind="query-params",
            width=160,
            help="Races and sweeps record one run for each optimizer or trial; they are hidden unless you ask.",
        )
        with st.popover("More filters", icon=":material/filter_alt:", key="runs_more_filters"):
            recipes = st.multiselect(
                "Recipes",
                train_recipes(),
                key="runs_recipes",
                bind="query-params",
                placeholder="all",
                help="Only runs of these recipes. Nothing chosen: all.",
            )
            statuses = st.multiselect(
                "Status",
                list(STATUSES),
                key="runs_statuses",
                bind="query-params",
                placeholder="all",
                help="Stopped: before its last epoch. Diverged: its loss became NaN.",
            )
            data = st.selectbox(
                "Data",
                list(_DATA),
                key="runs_data",
                bind="query-params",
                help="Full: the whole MNIST. Small: the bundled digits. Points: regression. Words: language ID.",
            )
        chosen = [*recipes, *statuses, *([data] if data and _DATA[data] else [])]
        if chosen:
            st.caption(f"Only {', '.join(chosen)}")
    st.session_state[_WANTED] = Wanted(
        tuple(recipes), tuple(statuses), _KINDS[kind or _ALL], _DATA[data or "any"], words or ""
    )


def offer_all(shown: Sequence[RunRecord], known: Sequence[RunRecord]) -> None:
    """How many runs of races and sweeps are hidden for their type alone, and a button that shows them."""
    hidden = len(replace(wanted(), kind="").of(known)) - len(shown)
    if not hidden or wanted().kind != KINDS[0]:
        return
    if st.button(
        f"Show {count(hidden, 'run')} of races and sweeps too",
        icon=":material/visibility:",
        type="tertiary",
        key="runs_show_all",
        on_click=_show_all,
        help="Sets the run type to all.",
    ):
        st.rerun()  # the filters stand outside of what is redrawn by itself


def _show_all() -> None:
    """Callback: no run is hidden for its type."""
    st.session_state["runs_kind"] = _ALL


def hide() -> None:
    """Where nothing is filtered they take no room; they stay there and keep what is chosen."""
    st.html(f"<style>.st-key-{KEY} {{ display: none; }}</style>")


def wanted() -> Wanted:
    """Which runs pass the filters."""
    found: Wanted = st.session_state.get(_WANTED) or Wanted(kind=KINDS[0])
    return found
