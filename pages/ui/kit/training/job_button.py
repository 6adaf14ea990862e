"""A button that steers a job: pause, one step, stop."""

import time
from collections.abc import Callable

import streamlit as st

from core.config.errors import LabError
from core.config.escaping import escaped


def job_button(
    label: str, icon: str, key: str, action: Callable[[], None], *, help: str, disabled: bool = False
) -> None:
    """A button with one of Material's icons; pressed, it asks for `action` before the page is drawn again."""
    st.button(
        label, icon=f":material/{icon}:", key=key, help=help, disabled=disabled, on_click=_then_wait, args=(action,)
    )


def _then_wait(action: Callable[[], None]) -> None:
    """Do it and give the worker a moment, so that the redraw already shows what it did."""
    try:
        action()
    except LabError as error:  # a callback runs outside the page's error boundary
        st.toast(escaped(str(error), "page"), icon=":material/info:")
    time.sleep(0.12)
