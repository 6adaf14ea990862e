"""Take the drawings home, bring some along, or start afresh."""

import streamlit as st

from core.config.errors import LabError
from core.config.escaping import clean, escaped
from core.data.handwriting import Collection, Handwriting
from core.data.handwriting_zip import LARGEST, Imported, export, take_in
from pages.ui.explorer.own_predictions import drawings
from pages.ui.kit.shell.owner import owner

TOLD, PROBLEM, TURN = "data_own_file_told", "data_own_file_problem", "data_own_file_turn"


def files(own: Collection) -> None:
    """Download, import, and delete all after a second press."""
    with st.container(horizontal=True, gap="small", key="data_own_files"):
        if len(own):
            st.download_button(
                "Download",
                _zip(drawings().state(), owner()),
                "my-handwriting.zip",
                "application/zip",
                icon=":material/download:",
                key="data_own_download",
                on_click="ignore",
                help="A zip file with every drawing as PNG (28 × 28, and the canvas) and labels.csv.",
            )
        with st.popover(
            "Bring along",
            icon=":material/upload:",
            help="Add drawings from such a zip file: yours from another computer, or a friend's.",
        ):
            turn = st.session_state.setdefault(TURN, 0)
            st.file_uploader(
                "A zip file that Digit Lab saved",
                ["zip"],
                key=f"data_own_upload_{turn}",
                on_change=_bring,
                args=(f"data_own_upload_{turn}",),
                max_upload_size=LARGEST // 2**20,
                help="Images of 28 × 28 pixels and a labels.csv with the columns file, label, drawn.",
            )
        if len(own):
            with st.popover("Delete all", icon=":material/delete_sweep:", help="Start afresh; asks first."):
                st.markdown(f"All {len(own)} drawings go for good. Download them first to keep them.")
                st.button(
                    f"Yes, delete {len(own)}",
                    type="primary",
                    icon=":material/delete_forever:",
                    key="data_own_clear",
                    on_click=_clear,
                    help="There is no way back.",
                )
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(problem, icon=":material/error:")
    if told := st.session_state.pop(TOLD, None):
        st.success(told, icon=":material/check:")


@st.cache_data(show_spinner=False, max_entries=8)
def _zip(state: str, who: str) -> bytes:
    return export(Handwriting(who))


def _bring(key: str) -> None:
    """Runs before the page does, outside its error boundary."""
    file = st.session_state.get(key)
    if file is None:
        return
    st.session_state[TURN] += 1  # a fresh field: the same file again is a new try
    try:
        st.session_state[TOLD] = _words(take_in(drawings(), file.getvalue(), clean(file.name)))
    except LabError as error:
        st.session_state[PROBLEM] = escaped(str(error), "page")


def _words(came: Imported) -> str:
    said = f"{came.added} new {'drawing' if came.added == 1 else 'drawings'}"
    if came.known:
        said += f", {came.known} here already"
    if came.inverted:
        said += f", {came.inverted} of them black on white and inverted"
    left = len(came.problems)
    if left:
        said += f"; {left} left out. {escaped(came.problems[0], 'page')}"
    return said if left else f"{said}."


def _clear() -> None:
    try:
        drawings().clear()
    except LabError as error:
        st.session_state[PROBLEM] = escaped(str(error), "page")
