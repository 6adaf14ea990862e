"""The buttons that start a run: all of it, one epoch of it, or slowly enough to watch."""

from collections.abc import Callable

import streamlit as st

from pages.ui.kit.widgets.kept_button import kept_button


def start_buttons(key: Callable[[str], str], locked: bool, quick: bool, watchable: float) -> bool:
    """Draw them; whether a run is to start, with the settings as they are or (`once`) for one epoch.

    key: of the page's entries in the session, by name. locked: nothing can start now. quick: offers a run of
    one epoch. watchable: seconds over which a run that is over at once can be spread; 0 does not offer it.
    """
    pressed = kept_button(
        "Train",
        icon=":material/play_arrow:",
        type="primary",
        width="stretch",
        key=key("start"),
        disabled=locked,
        help="Start from fresh weights with these settings.",
    )
    if quick:
        st.button(
            "Train one epoch",
            icon=":material/timer:",
            width="stretch",
            key=key("short"),
            disabled=locked,
            on_click=_one_epoch,
            args=(key,),
            help="Sets Epochs to 1 and trains: enough for a first look.",
        )
    if watchable:
        st.toggle(
            "Slowly, to watch",
            True,
            key=key("slowly"),
            bind="query-params",
            help=f"Rest between the epochs, so that the run takes about {watchable:g} seconds; "
            "what it computes stays the same.",
        )
    wished = bool(st.session_state.pop(key("start_now"), False))
    return (pressed or wished) and not locked


def _one_epoch(key: Callable[[str], str]) -> None:
    """Callback: one epoch is asked for; the control of epochs will say so."""
    st.session_state[key("once")] = st.session_state[key("start_now")] = True
