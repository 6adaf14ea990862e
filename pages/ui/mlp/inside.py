"""Inside the network: what its first layer looks for, how its numbers are spread, and how it began."""

import streamlit as st

from core.data.digits import Mnist
from pages.ui.mlp.begin import begin
from pages.ui.mlp.spreads import spreads
from pages.ui.mlp.weights import weights
from pages.ui.page import error_boundary
from pages.ui.trained import Trained

WEIGHTS, SPREADS, START = "First-layer weights", "Histograms", "The start"


@st.fragment
def inside(trained: Trained, mnist: Mnist) -> None:
    """Three views of one network, each against its own start."""
    with error_boundary():
        view = st.segmented_control(
            "View",
            [WEIGHTS, SPREADS, START],
            default=WEIGHTS,
            required=True,
            key="mlp_inside",
            bind="query-params",
            label_visibility="collapsed",
            help="Weights as pictures, all numbers as histograms, or why the start decides so much.",
        )
        if view == WEIGHTS:
            weights(trained)
        elif view == SPREADS:
            spreads(trained, mnist)
        else:
            begin(trained, mnist)
