"""Train: the training part of the page on words."""

import math

import streamlit as st

from core.charts.learning_curves import accuracy_figure, loss_figure
from core.config.language import LANGUAGES
from core.config.run import RecurrentConfig
from core.formatting import percent
from pages.ui.kit.training.live_run import RunView
from pages.ui.kit.training.training_page import TrainingPage
from pages.ui.kit.widgets.chart import chart
from pages.ui.language.controls import material, network

PASSES = "epochs (passes over the training words)"


def curves(run: RunView) -> None:
    """Loss and accuracy of a run beside each other, in units of words."""
    left, right = st.columns(2, gap="medium")
    chance = math.log(len(LANGUAGES))
    with left:
        st.markdown(_newest(run, "loss", "Loss"))
        log = st.session_state.get(f"{run.key}_log", False)
        fig = loss_figure(run.history, run.n_train, run.epochs, log_y=log)
        fig.update_layout(xaxis_title_text=PASSES, yaxis_title_text="loss (nats per word)")
        chart(fig, f"{run.key}_loss")
        st.caption(f"Chance level: ln 5 ≈ {chance:.2f}. Blue: every step, band: min to max.")
        st.toggle(
            "Logarithmic loss", key=f"{run.key}_log", bind="query-params", help="A log axis shows small losses better."
        )
    with right:
        st.markdown(_newest(run, "accuracy", "Accuracy"))
        fig = accuracy_figure(run.history, run.epochs, n_train=run.n_train)
        chart(fig.update_layout(xaxis_title_text=PASSES), f"{run.key}_accuracy")
        st.caption("Measured after each epoch, within the first on 1,000 words; training accuracy on up to 5,000.")


def _newest(run: RunView, what: str, title: str) -> str:
    """The newest values in words, in the colors of their lines."""
    parts = []
    for split, color in (("train", "blue"), ("validation", "orange"), ("test", "green")):
        value = run.history.last(f"{split}_{what}")
        if value is not None:
            number = percent(value) if what == "accuracy" else f"{value:.3f}"
            parts.append(f":{color}[**{'training' if split == 'train' else split} {number}**]")
    return f"**{title}**  " + " · ".join(parts)


PAGE = TrainingPage("lang", RecurrentConfig, "language-gru", network, quick=True, data=material, draw=curves)
LOOK = PAGE.key("look")  # the network that the panels look at
