"""Optimizer Race: the same start, the same batches, and every optimizer in a lane of its own."""

from collections.abc import Callable

import streamlit as st

from pages.ui.kit.shell import state
from pages.ui.kit.shell.page import error_boundary, page
from pages.ui.race.image_race import for_an_image
from pages.ui.race.lanes import LANES
from pages.ui.race.one_dimension import one_dimension
from pages.ui.race.rate_sweep import sweep_jobs
from pages.ui.race.the_race import current_race, the_race
from pages.ui.race.two_dimensions import two_dimensions

TABS: dict[str, Callable[[], None]] = {
    "One dimension": one_dimension,
    "Two dimensions": two_dimensions,
    "The race": the_race,
    "For an image": for_an_image,
}

with page(
    "Optimizer Race", question="Which way down is the fastest, and is the comparison fair?", icon=":material/flag:"
):
    current_race()  # on every tab, so that the address keeps naming it, and with it
    sweep_jobs()  # the search for rates
    state.recall(LANES)  # and the lanes
    opened = st.tabs(list(TABS), default="The race", key="race_tab", bind="query-params", on_change="rerun")
    for tab, show in zip(opened, TABS.values(), strict=True):
        if tab.open:
            with tab, error_boundary():
                show()
