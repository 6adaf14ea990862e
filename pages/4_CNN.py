"""CNN: train a convolutional network, open it, shake it."""

from collections.abc import Callable

import streamlit as st

from core.config.run import CNNConfig
from core.data.digits import Mnist
from pages.ui.cnn.batch_norm import PAIR, batch_norm
from pages.ui.cnn.confidence import confidence
from pages.ui.cnn.convolution_by_hand import by_hand
from pages.ui.cnn.feature_maps import feature_maps
from pages.ui.cnn.kernels import kernels
from pages.ui.cnn.robustness import robustness
from pages.ui.cnn.train import LOOK, PAGE
from pages.ui.kit.network.network_picker import choose_network
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.shell import css
from pages.ui.kit.shell.cache import mnist
from pages.ui.kit.shell.layout import controls_and_stage
from pages.ui.kit.shell.page import page
from pages.ui.kit.training.live_run import live_run

#: Tabs that need no network, and tabs that look at one.
ALONE: dict[str, Callable[[Mnist], None]] = {"By hand": by_hand, "Batch norm": batch_norm}
ABOUT_A_NETWORK: dict[str, Callable[[Trained, Mnist], None]] = {
    "Kernels": kernels,
    "Feature maps": feature_maps,
    "Robustness": robustness,
    "Confidence": confidence,
}
ORDER = ["By hand", "Train", "Kernels", "Feature maps", "Robustness", "Batch norm", "Confidence"]

with page(
    "CNN",
    question="What does a network see that slides the same small window over the whole image?",
    icon=":material/filter_center_focus:",
):
    job = PAGE.current_job()
    PAIR.current()  # whichever tab is open: the address and the run go on belonging to this session
    names = [name for name in ORDER if name == "Train" or name in {**ALONE, **ABOUT_A_NETWORK}]
    tabs = st.tabs(names, default="Train", key="cnn_tab", bind="query-params")
    opened = next(name for name, tab in zip(names, tabs, strict=True) if tab.open)

    # Below the tabs, not in them: a widget that moves to another place loses its hold on the address.
    left, right = controls_and_stage()
    with left, st.container(key="lab-controls"):
        chosen = PAGE.choose(job)
    with right:
        if opened != "Train" and job is not None and job.snapshot.active:
            live_run(job, "cnn_strip", charts=False)
        if opened == "Train":
            PAGE.show(chosen)
        elif opened in ALONE:
            ALONE[opened](mnist())
        else:
            network = choose_network(job, chosen.recipe, kind=CNNConfig, key=LOOK)
            ABOUT_A_NETWORK[opened](network, mnist())
    if opened != "Train":
        css.hide_controls()
    elif job is not None and job.snapshot.active:
        css.stage_first()
