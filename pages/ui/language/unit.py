"""The unit of the hidden state that is looked at."""

import streamlit as st

from core.models.trained_network import TrainedNetwork
from pages.ui.language import computed


def pick_unit(trained: TrainedNetwork) -> int:
    """A number for one unit, from 0; networks of another size have a choice of their own."""
    units = computed.network(trained).out.in_features
    return int(
        st.number_input(
            "Unit",
            0,
            units - 1,
            0,
            key=f"lang_unit_{units}",
            width=120,
            help=f"One of the {units} numbers of the hidden state; *How a GRU works* follows it.",
        )
    )
