"""What every panel about a trained network has in common."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

import streamlit as st

from core.config.run import DIGIT_READERS
from core.jobs.snapshot import Snapshot
from core.models.threads import one_thread
from core.models.trained_network import TrainedNetwork
from core.storage.checkpoints import shipped
from pages.ui.kit.shell import cache
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets import cached_results

Rest = ParamSpec("Rest")
Panel = Callable[Concatenate[TrainedNetwork, Rest], None]


def panel(show: Panel[Rest]) -> Panel[Rest]:
    """Decorator: `show(trained, ...)` becomes a part of the page that reruns alone.

    A failure in it becomes a sentence. It computes on one thread, so that a network in training beside it
    slows it no more than it must. A network whose training diverged gets a sentence in place of the panel:
    the largest of ten numbers that are none is no answer, and their share of right ones no accuracy.
    """

    @st.fragment
    @wraps(show)
    @one_thread()
    def whole(trained: TrainedNetwork, /, *args: Rest.args, **kwargs: Rest.kwargs) -> None:
        with error_boundary():
            broken = cached_results.not_finite(trained)
            if broken:
                st.warning(
                    f"The {broken} of this network are NaN or infinite: its training diverged. "
                    "Choose another network, or train it with a smaller learning rate.",
                    icon=":material/trending_up:",
                )
            else:
                show(trained, *args, **kwargs)

    return whole


# Why a run on few images does worse than the pretrained network.


def why_less(snapshot: Snapshot) -> None:
    """Few images make few steps: say so beside the shipped network, which had many."""
    digits = isinstance(snapshot.config.model, DIGIT_READERS)
    if not digits or snapshot.config.recipe not in shipped():
        return
    facts = cache.shipped_model(snapshot.config.recipe).provenance
    theirs = len(facts["history"]["loss"])
    if snapshot.status == "finished" and snapshot.n_train < facts["n_train"] and snapshot.steps < theirs:
        st.info(
            f"{snapshot.n_train:,} images make {snapshot.steps:,} steps; the pretrained network "
            f"made {theirs:,} on {facts['n_train']:,}. More epochs or a larger learning rate help, "
            "and so does the whole MNIST (Home has the button).",
            icon=":material/lightbulb:",
        )
