"""Why a run on few images does worse than the network that came along."""

import streamlit as st

from core.config.run import DIGIT_READERS
from core.jobs.snapshot import Snapshot
from core.storage.checkpoints import shipped
from pages.ui.kit.shell import cache


def why_less(snapshot: Snapshot) -> None:
    """Few images make few steps: say so beside the shipped network, which had many."""
    digits = isinstance(snapshot.config.model, DIGIT_READERS)
    if not digits or snapshot.config.recipe not in shipped():
        return
    facts = cache.shipped_model(snapshot.config.recipe).provenance
    theirs = len(facts["history"]["loss"])
    if snapshot.status == "finished" and snapshot.n_train < facts["n_train"] and snapshot.steps < theirs:
        st.info(
            f"{snapshot.n_train:,} images make {snapshot.steps:,} steps; the network that came with Digit "
            f"Lab made {theirs:,} on {facts['n_train']:,}. More epochs or a larger learning rate help, "
            "and so does the whole MNIST (Home has the button).",
            icon=":material/lightbulb:",
        )
