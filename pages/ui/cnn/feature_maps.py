"""Tab: what the network makes of a picture, layer by layer, and what becomes of that if you interfere."""

import streamlit as st

from core.data.digits import Mnist
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn.maps import maps
from pages.ui.cnn.max_activations import excites
from pages.ui.cnn.network_editing import surgery
from pages.ui.cnn.saliency import attention
from pages.ui.kit.network.image_picker import subject
from pages.ui.kit.network.network_panel import panel

MAPS, CHANGE, EXCITES, LOOKS = "Maps", "Change it", "What excites a channel", "Where it looks"
QUESTIONS = {
    MAPS: "One picture goes in, ten probabilities come out. What does every layer in between make of it?",
    CHANGE: "How much does the network need each of its channels and kernels? Operate on a copy.",
    EXCITES: "Which images make a channel fire strongest, and which part of them does it answer to?",
    LOOKS: "Which pixels and places speak for a digit? Two ways to ask, and what they cannot tell.",
}


@panel
def feature_maps(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Four parts behind one switch; three of them look at a picture of the reader's choice."""
    part = st.segmented_control(
        "Part",
        list(QUESTIONS),
        default=MAPS,
        required=True,
        key="cnn_maps_part",
        bind="query-params",
        label_visibility="collapsed",
        help="See the maps, change the network, find what excites a channel, or ask where it looks.",
    )
    st.markdown(QUESTIONS[part])
    if part == EXCITES:
        excites(trained, mnist)
        return
    with st.container(border=True):
        seen = subject(mnist, "cnn_maps")
    {MAPS: maps, CHANGE: surgery, LOOKS: attention}[part](trained, mnist, seen)
