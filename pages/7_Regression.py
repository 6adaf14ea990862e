"""Regression: a curve from points, the bends it is made of, and when it goes wrong."""

import streamlit as st

from pages.ui.kit.shell import css
from pages.ui.kit.shell.layout import controls_and_stage
from pages.ui.kit.shell.page import page
from pages.ui.kit.training.live_run import live_run
from pages.ui.regression.hidden_unit_sum import bends
from pages.ui.regression.overfitting import wiggly
from pages.ui.regression.train import LOOK, PAGE

TABS = ["Train", "How bends add up", "Too simple, too wiggly"]

with page(
    "Regression",
    heading="Non-Linear Regression",
    question="How does a network draw a curve through points, and when does it draw too much?",
    icon=":material/show_chart:",
):
    job = PAGE.current_job()
    tabs = st.tabs(TABS, default="Train", key="reg_tab", bind="query-params")
    opened = next(name for name, tab in zip(TABS, tabs, strict=True) if tab.open)

    # Below the tabs, not in them: a widget that moves to another place loses its hold on the address.
    left, right = controls_and_stage()
    with left, st.container(key="lab-controls"):
        chosen = PAGE.choose(job)
    with right:
        if opened != "Train" and job is not None and job.snapshot.active:
            live_run(job, "reg_strip", charts=False)
        if opened == "Train":
            PAGE.show(chosen)
        elif opened == "How bends add up":
            bends(job, LOOK)
        else:
            wiggly()
    if opened != "Train":
        css.hide_controls()
    elif job is not None and job.snapshot.active:
        css.stage_first()
