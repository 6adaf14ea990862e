"""What all sessions share, made once: the images, the shipped networks.

Never train or change what comes from here: every open browser holds the same object. Copy it first.
"""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:  # importing these costs seconds (PyTorch); a page pays when it first asks
    from core.checkpoints import Checkpoint

    from core.data import Mnist


@st.cache_resource(show_spinner="Reading the digits…")
def mnist() -> "Mnist":
    """The digits in use: MNIST_ROOT, else the downloaded copy, else the bundled sample.

    Call `mnist.clear()` after a download.
    """
    from core import data

    return data.load("auto")


@st.cache_resource(show_spinner="Loading a trained network…")
def shipped_model(recipe_id: str) -> "Checkpoint":
    """A network that came with Digit Lab: its `.model` in evaluation mode and its `.provenance`."""
    from core.checkpoints import load_shipped

    checkpoint = load_shipped(recipe_id)
    checkpoint.model.eval()
    return checkpoint
