"""What every panel about a trained network has in common."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

import streamlit as st

from core.models.threads import one_thread
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets import cached_results

Rest = ParamSpec("Rest")
Panel = Callable[Concatenate[Trained, Rest], None]


def panel(show: Panel[Rest]) -> Panel[Rest]:
    """Decorator: `show(trained, ...)` becomes a part of the page that reruns alone.

    A failure in it becomes a sentence. It computes on one thread, so that a network in training beside it
    slows it no more than it must. A network whose training diverged gets a sentence in place of the panel:
    the largest of ten numbers that are none is no answer, and their share of right ones no accuracy.
    """

    @st.fragment
    @wraps(show)
    @one_thread()
    def whole(trained: Trained, /, *args: Rest.args, **kwargs: Rest.kwargs) -> None:
        with error_boundary():
            broken = cached_results.not_finite(trained)
            if broken:
                st.warning(
                    f"The {broken} of this network are no longer numbers: its training diverged. "
                    "Choose another network, or train it with a smaller learning rate.",
                    icon=":material/trending_up:",
                )
            else:
                show(trained, *args, **kwargs)

    return whole
