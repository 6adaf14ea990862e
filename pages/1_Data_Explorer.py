"""Data Explorer: what a computer sees when it looks at a digit."""

import streamlit as st

from pages.ui.explorer import (
    baseline,
    browse,
    classes,
    embedding,
    neighbors,
    numbers,
    outliers,
    own_handwriting,
    pixels,
    shuffled,
)
from pages.ui.kit.shell.page import error_boundary, page
from pages.ui.kit.training.data_state import data_state

TABS = {
    "Browse": browse.show,
    "As numbers": numbers.show,
    "Classes": classes.show,
    "Pixels": pixels.show,
    "Map": embedding.show,
    "Neighbors": neighbors.show,
    "The floor": baseline.show,
    "Shuffled": shuffled.show,
    "Odd ones": outliers.show,
    "My handwriting": own_handwriting.show,
    "Source": lambda: data_state("data_source"),
}

with page("Data Explorer", question="What does a computer see when it looks at a digit?", icon=":material/grid_view:"):
    tabs = st.tabs(list(TABS), key="data_tab", on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab, error_boundary():
                show()
