"""The shape of a lesson: what you turn on the left, what it causes on the right."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def controls_and_stage(controls: float = 1.0, stage: float = 2.6) -> tuple[DeltaGenerator, DeltaGenerator]:
    """A narrow column for controls and a wide one for effects; on a phone the first stands above the second.

    left, right = controls_and_stage()
    with left: ...
    """
    left, right = st.columns([controls, stage], gap="large")
    return left, right
