"""Adversarial: draw a digit, attack it, defend the network."""

from collections.abc import Callable

import streamlit as st

from core.data.digits import Mnist
from pages.ui.adversarial.victim import victim
from pages.ui.cache import mnist
from pages.ui.page import page
from pages.ui.trained import Trained

#: Tabs about the network that is chosen above them, in their order.
TABS: dict[str, Callable[[Trained, Mnist], None]] = {}

with page(
    "Adversarial",
    question="How little must a picture change before a network reads something else, and can it be stopped?",
    icon=":material/shield:",
):
    with st.container(key="adv-victim", width=420):
        attacked = victim("adv_network")
    tabs = st.tabs(list(TABS), key="adv_tab", bind="query-params")
    opened = next(name for name, tab in zip(TABS, tabs, strict=True) if tab.open)
    TABS[opened](attacked, mnist())
