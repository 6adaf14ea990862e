"""Language ID: a recurrent network reads a word character by character and names its language."""

import streamlit as st

from core.config.run import RecurrentConfig
from pages.ui.kit.network.network_picker import choose_network
from pages.ui.kit.shell import css
from pages.ui.kit.shell.layout import controls_and_stage
from pages.ui.kit.shell.page import page
from pages.ui.kit.training.live_run import live_run
from pages.ui.language.compare import compare
from pages.ui.language.gru_steps import how
from pages.ui.language.results import results
from pages.ui.language.train import LOOK, PAGE
from pages.ui.language.type_a_word import typed

ABOUT_A_NETWORK = {"Type a word": typed, "Results": results, "How a GRU works": how}
TABS = ["Type a word", "Train", "Results", "Compare", "How a GRU works"]

with page(
    "Language ID",
    question="Which of five languages is a word from, and after which letter can one know?",
    icon=":material/translate:",
):
    job = PAGE.current_job()
    tabs = dict(zip(TABS, st.tabs(TABS, key=PAGE.key("tab"), bind="query-params"), strict=True))
    opened = next(name for name, tab in tabs.items() if tab.open)

    # Below the tabs, not in them: a widget that moves to another place loses its hold on the address.
    left, right = controls_and_stage()
    with left, st.container(key="lab-controls"):
        chosen = PAGE.choose(job)
    with right:
        if opened != "Train" and job is not None and job.snapshot.active:
            live_run(job, "lang_strip", charts=False)
        if opened == "Train":
            PAGE.show(chosen)
        elif opened == "Compare":
            compare()
        else:
            network = choose_network(job, chosen.recipe, kind=RecurrentConfig, key=LOOK)
            ABOUT_A_NETWORK[opened](network)
    if opened != "Train":
        css.hide_controls()
    elif job is not None and job.snapshot.active:
        css.stage_first()
