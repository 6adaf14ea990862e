"""What every panel about a network that reads words has in common."""

from collections.abc import Callable
from functools import wraps

import streamlit as st

from core.models.threads import one_thread
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.shell.page import error_boundary
from pages.ui.language import computed

Panel = Callable[[TrainedNetwork], None]


def word_panel(show: Panel) -> Panel:
    """Decorator: `show(trained)` becomes a part of the page that reruns alone, on one thread.

    A failure in it becomes a sentence, and so does a network whose training diverged.
    """

    @st.fragment
    @wraps(show)
    @one_thread()
    def whole(trained: TrainedNetwork, /) -> None:
        with error_boundary():
            if computed.finite(trained):
                show(trained)
            else:
                st.warning(
                    "The weights of this network are NaN or infinite: its training diverged. Choose "
                    "another network, or train it with a smaller learning rate.",
                    icon=":material/trending_up:",
                )

    return whole


# The unit of the hidden state that is looked at.


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
            help=f"One of the {units} units of the hidden state.",
        )
    )
