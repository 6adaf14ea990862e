"""All drawings as thumbnails; the selected one can be relabeled or deleted."""

from collections.abc import Callable

import streamlit as st

from core.charts.images import picture
from core.config.errors import LabError
from core.config.escaping import escaped
from core.data.handwriting import Collection
from core.data.handwriting_files import Drawn
from core.formatting import article
from pages.ui.explorer.own_predictions import drawings
from pages.ui.kit.drawing.digit_map import digit_map
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.widgets.incremental_work import alone

NUMBER = "data_own_number"
PROBLEM = "data_own_sheet_problem"
CHANGED = "data_own_sheet_changed"


@st.fragment
def gallery(own: Collection) -> None:
    """The chosen drawing on the left, all of them on the right."""
    stale = st.session_state.pop(CHANGED, False) and alone()
    with error_boundary():
        if not stale:
            _gallery(own)
    if stale:  # only this part ran again, with the collection that it was drawn with
        st.rerun()


def _gallery(own: Collection) -> None:
    st.subheader(f"Your {len(own)} drawings" if len(own) > 1 else "Your drawing", anchor=False)
    if problem := st.session_state.get(PROBLEM):
        st.error(problem, icon=":material/error:")
    left, right = controls_and_stage(1.0, 2.2)
    kept = st.session_state.get(NUMBER)
    st.session_state[NUMBER] = max(1, min(kept, len(own))) if isinstance(kept, int) else len(own)
    with left:
        number = int(
            st.number_input(
                f"Drawing, 1 to {len(own)}",
                1,
                len(own),
                key=NUMBER,
                help="Clicking a small image selects it too. The newest drawing has the highest number.",
            )
        )
        _chosen(own.drawings[number - 1])
    with right:
        st.caption("Point at a drawing to enlarge it; click to select it.")
        digit_map(
            "data_own_sheet",
            images=[one.image / 255 for one in own.drawings],
            labels=[one.label for one in own.drawings],
            names=[f"{one.label} · drawing {place}" for place, one in enumerate(own.drawings, start=1)],
            title="Your own handwritten digits",
            chosen=number - 1,
            on_pick=_pick,
        )


def _chosen(one: Drawn) -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.image(picture(one.image / 255, size=84), width=84, alt=f"Your drawing of {article(one.label)}")
        with st.container(width=110, gap="small"):
            st.markdown(f"### Label: {one.label}")
            st.button(
                "Delete",
                icon=":material/delete:",
                key="data_own_delete",
                on_click=_delete,
                args=(one.id,),
                help="Deletes this drawing for good.",
            )
    st.pills(
        "Change the label",
        list(range(10)),
        default=one.label,
        required=True,
        key=f"data_own_relabel_{one.id}",
        on_change=_relabel,
        args=(one.id,),
        wrap=True,
        help="To correct a mistake. A drawing that networks misclassify keeps its label: only you know what you meant.",
    )


def _pick(mark: int) -> None:
    st.session_state[NUMBER] = mark + 1
    st.session_state.pop(PROBLEM, None)


def _relabel(id: str) -> None:
    label = st.session_state.get(f"data_own_relabel_{id}")
    if isinstance(label, int):
        _change(lambda: drawings().relabel(id, label))


def _delete(id: str) -> None:
    _change(lambda: drawings().delete(id))


def _change(act: Callable[[], None]) -> None:
    """Callbacks run outside the error boundary: a failure is kept and told on the page."""
    st.session_state.pop(PROBLEM, None)
    try:
        act()
    except LabError as error:
        st.session_state[PROBLEM] = escaped(str(error), "page")
    st.session_state[CHANGED] = True
