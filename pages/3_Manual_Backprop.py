"""Manual Backprop: every derivative by hand, checked, broken on purpose, and trained with."""

from collections.abc import Callable

import streamlit as st

from pages.ui.backprop.chain_rule import chain_rule
from pages.ui.backprop.gradient_check import checked
from pages.ui.backprop.long_product import long_product_tab
from pages.ui.backprop.loop_or_matrices import loop_or_matrices
from pages.ui.backprop.plant_a_bug import plant_a_bug
from pages.ui.backprop.train_it import current_pair, train_it
from pages.ui.backprop.vanishing import vanishing
from pages.ui.kit.shell.page import error_boundary, page

TABS: dict[str, Callable[[], None]] = {
    "Chain rule": chain_rule,
    "Long product": long_product_tab,
    "Checked": checked,
    "Plant a bug": plant_a_bug,
    "Loop or matrices": loop_or_matrices,
    "Train it": train_it,
    "Vanishing gradients": vanishing,
}

with page(
    "Manual Backprop",
    question="Where does a gradient come from, if nobody computes it for you?",
    icon=":material/function:",
):
    current_pair()  # on every tab, so that the address keeps naming it
    opened = st.tabs(list(TABS), key="manual_tab", bind="query-params", on_change="rerun")
    for tab, show in zip(opened, TABS.values(), strict=True):
        if tab.open:
            with tab, error_boundary():
                show()
