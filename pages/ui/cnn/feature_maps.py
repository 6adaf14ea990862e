"""Tab: what the network makes of an image, layer by layer, and what becomes of that if you interfere."""

import streamlit as st

from core.data.digits import Mnist
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn.maps import maps
from pages.ui.cnn.max_activations import strongest_images
from pages.ui.cnn.network_editing import ablation
from pages.ui.cnn.saliency import attribution
from pages.ui.kit.network.image_picker import WIDTH, subject
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.parts import pick_part

MAPS, CHANGE, PEAKS, LOOKS = "Maps", "Ablation", "Maximally activating images", "Saliency"
renamed("cnn_maps_part", {"Change it": CHANGE, "What excites a channel": PEAKS, "Where it looks": LOOKS})
QUESTIONS = {
    MAPS: "One image goes in, ten probabilities come out. What does every layer compute from it?",
    CHANGE: "How much does the network need each channel and each kernel? You edit a copy.",
    PEAKS: "Which images activate a channel most, and which part of them lies in its receptive field?",
    LOOKS: "Which pixels and regions raise the logit of a digit? Two methods, and their limits.",
}


@panel
def feature_maps(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Four parts behind one switch; three of them look at an image of the reader's choice."""
    with st.container(horizontal=True, gap="large"):
        choose, look = st.container(width="stretch"), st.container(width=WIDTH)
    with choose:
        part = pick_part(
            "cnn_maps_part",
            dict.fromkeys(QUESTIONS, ()),
            help="Feature maps, ablation, maximally activating images, or attribution.",
        )
        st.caption(QUESTIONS[part])
    if part == PEAKS:
        strongest_images(trained, mnist)
        return
    with look:
        seen = subject(mnist, "cnn_maps")
    {MAPS: maps, CHANGE: ablation, LOOKS: attribution}[part](trained, mnist, seen)
