"""Runs: everything that was ever trained here, side by side."""

from collections.abc import Callable

import streamlit as st

from pages.ui.kit.shell import going_on, state
from pages.ui.kit.shell.page import page
from pages.ui.runs import chosen, filters
from pages.ui.runs.all_runs import all_runs
from pages.ui.runs.by_settings import by_settings
from pages.ui.runs.cached_runs import all_known
from pages.ui.runs.compare import compare
from pages.ui.runs.reproduced import reproduced
from pages.ui.runs.sweep import sweep
from pages.ui.runs.two_networks import two_networks

TABS: dict[str, Callable[[], None]] = {
    "All runs": all_runs,
    "Compare": compare,
    "Two networks": two_networks,
    "Settings and accuracy": by_settings,
    "Sweep": sweep,
    "Reproduced": reproduced,
}
FILTERED = ("All runs", "Settings and accuracy")

with page(
    "Runs",
    question="Which of all these networks is the better one, and is the difference more than chance?",
    icon=":material/leaderboard:",
):
    going_on.at_length()
    state.recall(chosen.CHOSEN)  # on every tab, so that the address keeps naming them
    tabs = st.tabs(list(TABS), key="runs_tab", bind="query-params", on_change="rerun")
    opened = next((name for name, tab in zip(TABS, tabs, strict=True) if tab.open), "All runs")
    # Below the tabs, not in them: a widget that moves to another place loses its hold on the address.
    filters.choose()
    if opened not in FILTERED or not all_known():
        filters.hide()
    TABS[opened]()
