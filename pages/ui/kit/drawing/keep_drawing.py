"""Below a canvas: label the drawing and save it in one's own test set."""

from typing import TYPE_CHECKING

import streamlit as st

from core.config.errors import LabError
from core.config.escaping import escaped
from core.formatting import article
from pages.ui.kit.drawing.ink import clear_ink, ink
from pages.ui.kit.shell.owner import owner

if TYPE_CHECKING:
    from core.data.drawing import Drawing


def keep_drawing(key: str, drawing: "Drawing | None") -> bool:
    """Ten labels and Save; the canvas is empty afterwards, ready for the next one.

    key: begins the widgets' keys. Returns whether a drawing was saved
    just now, so that what shows the collection can be drawn anew.
    """
    label = st.pills(
        "Label",
        list(range(10)),
        key=f"{key}_label",
        wrap=True,
        help="The digit that you meant to draw, whatever a network predicts.",
    )
    st.button(
        "Save",
        icon=":material/bookmark_add:",
        type="primary",
        key=f"{key}_save",
        disabled=drawing is None or label is None,
        on_click=_keep,
        args=(key, drawing, label, owner()),
        help="Adds the drawing with its label to your own test set on this computer."
        if drawing is not None
        else "Draw a digit, then choose its label.",
    )
    if problem := st.session_state.pop(f"{key}_problem", None):
        st.error(problem, icon=":material/error:")
    saved = st.session_state.pop(f"{key}_saved", False)
    if drawing is not None and not saved:
        st.session_state.pop(f"{key}_told", None)
    elif sentence := st.session_state.get(f"{key}_told"):
        st.caption(sentence)
    return bool(saved)


def _keep(key: str, drawing: "Drawing | None", label: int | None, who: str) -> None:
    """Runs before the page does, outside its error boundary: a failure is kept and told there."""
    from core.data.handwriting import Handwriting

    if drawing is None or label is None:
        return
    try:
        Handwriting(who).add(drawing.image.numpy(), label, ink().pixels)
    except LabError as error:
        st.session_state[f"{key}_problem"] = escaped(str(error), "page")
        return
    clear_ink()
    st.session_state[f"{key}_label"] = None
    st.session_state[f"{key}_saved"] = True
    st.session_state[f"{key}_told"] = f"Saved as {article(label)}. Draw the next digit."
