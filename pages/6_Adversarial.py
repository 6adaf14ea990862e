"""Adversarial: draw a digit, attack it, defend the network."""

from collections.abc import Callable

import streamlit as st

from core.data.digits import Mnist
from pages.ui.adversarial.defend import PAGE, defend
from pages.ui.adversarial.frequencies import why
from pages.ui.adversarial.many_images import many_images
from pages.ui.adversarial.network_choice import victim
from pages.ui.adversarial.one_image import one_image
from pages.ui.adversarial.sanity_checks import honest
from pages.ui.adversarial.step_by_step import step_by_step
from pages.ui.adversarial.transfer import transfer
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.shell.cache import mnist
from pages.ui.kit.shell.page import page

#: Tabs about the network that is chosen above them, in their order.
TABS: dict[str, Callable[[Trained, Mnist], None]] = {
    "One image": one_image,
    "Step by step": step_by_step,
    "Why it works": why,
    "Many images": many_images,
    "Transfer": transfer,
    "Defend": defend,
    "Is it honest?": honest,
}

with page(
    "Adversarial",
    question="How little must a picture change before a network reads something else, and can it be stopped?",
    icon=":material/shield:",
):
    PAGE.current_job()  # whichever tab is open: the address and the run go on belonging to this session
    with st.container(key="adv-victim", width=420):
        attacked = victim("adv_network")
    tabs = st.tabs(list(TABS), key="adv_tab", bind="query-params")
    opened = next(name for name, tab in zip(TABS, tabs, strict=True) if tab.open)
    TABS[opened](attacked, mnist())
