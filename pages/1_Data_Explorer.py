"""Data Explorer: what a computer sees when it looks at a digit."""

import streamlit as st

from pages.ui.data_state import data_state
from pages.ui.explorer import browse, classes, floor, maps, nearest, numbers, odd, own, pixels, shuffled
from pages.ui.page import error_boundary, page

TABS = {
    "Browse": browse.show,
    "As numbers": numbers.show,
    "Classes": classes.show,
    "Pixels": pixels.show,
    "Map": maps.show,
    "Neighbours": nearest.show,
    "The floor": floor.show,
    "Shuffled": shuffled.show,
    "Odd ones": odd.show,
    "My handwriting": own.show,
    "Source": lambda: data_state("data_source"),
}

with page(
    "Data Explorer",
    question="What does a computer see when it looks at a digit?",
    icon=":material/grid_view:",
):
    tabs = st.tabs(list(TABS), key="data_tab", on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab, error_boundary():
                show()
