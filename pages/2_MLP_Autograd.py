"""MLP & Autograd: train fully connected networks live, and look inside them."""

import streamlit as st

from core.config.run import MLPConfig
from pages.ui.kit.network.network_picker import choose_network
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.shell import css
from pages.ui.kit.shell.cache import mnist
from pages.ui.kit.shell.layout import controls_and_stage
from pages.ui.kit.shell.page import page
from pages.ui.kit.training.live_run import live_run
from pages.ui.mlp import train
from pages.ui.mlp.autograd_demo import autograd_demo
from pages.ui.mlp.draw import draw
from pages.ui.mlp.formulas import formulas
from pages.ui.mlp.inside import inside
from pages.ui.mlp.one_gradient_step import lens
from pages.ui.mlp.questions import questions
from pages.ui.mlp.results import results
from pages.ui.mlp.run_record import record
from pages.ui.mlp.weight_editing import edit

TABS = ["Autograd", "Formulas", "Train", "Results", "Draw", "Inside", "Edit", "One step", "Record"]
ABOUT_A_NETWORK = {"Results": results, "Inside": inside, "Edit": edit, "One step": lens}

with page(
    "MLP & Autograd",
    question="How does a network learn to read digits, one small step at a time?",
    icon=":material/hub:",
):
    job = train.current_job()
    tabs = dict(zip(TABS, st.tabs(TABS, default="Train", key="mlp_tab", bind="query-params"), strict=True))
    opened = next(name for name, tab in tabs.items() if tab.open)

    def network() -> Trained:
        return choose_network(job, chosen.recipe, kind=MLPConfig, key=train.LOOK)

    # Below the tabs, not in them: a widget that moves to another place loses its hold on the address.
    left, right = controls_and_stage()
    with left, st.container(key="lab-controls"):
        chosen = train.choose(job)
    with right:
        if opened != "Train" and job is not None and job.snapshot.active:
            live_run(job, "mlp_strip", charts=False)
        if opened == "Train":
            questions(job)
            train.show(chosen)
        elif opened == "Formulas":
            formulas(chosen.config.mlp, chosen.config.train.batch_size, chosen.config.train)
        elif opened == "Autograd":
            autograd_demo()
        elif opened == "Draw":
            draw(network())
        elif opened == "Record":
            record()
        else:
            ABOUT_A_NETWORK[opened](network(), mnist())
    if opened not in ("Train", "Formulas"):
        css.hide_controls()
    elif job is not None and job.snapshot.active:
        css.stage_first()
