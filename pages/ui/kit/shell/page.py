"""The frame of every page: title, the question it answers, navigation, badges, and a net under its body.

with page("Data Explorer", question="What does a computer see?", icon=":material/grid_view:"):
    ...
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import FragmentHandledException, StreamlitAPIException

from core.config.errors import LabError
from core.config.escaping import escaped
from pages.ui.kit.shell import choices, css, going_on, lessons, owner
from pages.ui.kit.shell.cache import share_processor
from pages.ui.kit.training import badges
from pages.ui.kit.widgets import binding
from pages.ui.kit.widgets.held_tabs import hold_tabs

_log = logging.getLogger("digitlab")

binding.mend()

ABOUT = "**Digit Lab**: from the pixels of a handwritten digit to adversarial examples, computed as you watch."


@contextmanager
def page(title: str, *, question: str, icon: str, heading: str | None = None) -> Iterator[None]:
    """Set up a page and run its body inside the error boundary.

    `icon` is a Material Symbol, ":material/name:", shown before the title. `heading` replaces `title` at the
    top of the page (the browser's tab keeps `title`).
    """
    st.set_page_config(
        page_title=f"{title} · Digit Lab" if title != "Digit Lab" else title,
        page_icon=_favicon(),
        layout="wide",
        menu_items={"About": ABOUT},
    )
    css.apply()
    hold_tabs()
    choices.enter()
    with st.sidebar:
        _navigation()
        going = st.container(key="lab-going")
        foot = st.container(key="lab-badges")
    st.title(f":primary[{icon}] {heading or title}", anchor=False)
    with st.container(key="lab-question"):
        st.markdown(question)
    head = st.container()
    with going, error_boundary():
        going_on.in_sidebar()
    with foot, error_boundary():
        badges.data_badge()
        badges.device_badge()
        badges.queue_badge()
        owner.introduce()
        share_processor()
    with error_boundary():
        yield
    with head:
        _ignored()


@contextmanager
def error_boundary() -> Iterator[None]:
    """Turn a failure into a sentence on the page and a traceback in the log; use it inside fragments as well.

    A LabError is the reader's to solve and says how. Anything else is ours. Streamlit's own control flow
    (st.stop, st.rerun) derives from BaseException and passes through.
    """
    try:
        yield
    except FragmentHandledException:
        raise  # a fragment without a boundary of its own has shown its failure already
    except LabError as error:
        st.error(escaped(str(error), "page"), icon=":material/info:")
    except Exception:
        _log.exception("A page failed.")
        with _error_place():
            st.error(
                "Something went wrong in this part of the page. The log of the server tells what; "
                "reloading the page starts it afresh.",
                icon=":material/error:",
            )


def _ignored() -> None:
    """Say what of the address no widget could take."""
    notes = binding.ignored()
    if notes:
        st.warning(
            "Part of the address was ignored, and the default stands: "
            f"{'; '.join(escaped(str(note), 'page') for note in notes)}.",
            icon=":material/link_off:",
        )


def _error_place() -> DeltaGenerator:
    """Where an unforeseen failure is shown; a second one on the same page cannot bear the same key."""
    try:
        return st.container(key="app-error")
    except StreamlitAPIException:
        return st.container()


def _favicon() -> Image.Image:
    """A seven made of pixels. Streamlit would fetch a Material Symbol for the tab from the internet."""
    rows = ["........", ".######.", "......#.", ".....#..", "....#...", "...#....", "...#....", "........"]
    ink = np.array([[cell == "#" for cell in row] for row in rows], dtype=np.uint8) * 255
    return Image.fromarray(ink).resize((64, 64), Image.Resampling.NEAREST)


def _navigation() -> None:
    """Brand, the lessons in order, then where to look things up. A page that is not there is not listed."""
    st.page_link(lessons.HOME.file, label="**Digit Lab**", icon=":material/neurology:", width="stretch")
    for lesson in lessons.lessons():
        st.page_link(lesson.file, label=lesson.title, icon=lesson.icon, width="stretch")
    st.divider()
    for reference in lessons.REFERENCE:
        st.page_link(reference.file, label=reference.title, icon=reference.icon, width="stretch")
    st.divider()


# The shape of a lesson: what you turn on the left, what it causes on the right.


@contextmanager
def link_row(label: str, key: str) -> Iterator[None]:
    """Small links in a row that wraps, after a word or two of what they are. key: names the row on its page."""
    with st.container(horizontal=True, key=f"lab-links-{key}"):
        st.caption(label, width="content")
        yield


def controls_and_stage(controls: float = 1.0, stage: float = 2.6) -> tuple[DeltaGenerator, DeltaGenerator]:
    """A narrow column for controls and a wide one for effects; on a phone the first stands above the second.

    left, right = controls_and_stage()
    with left: ...
    """
    left, right = st.columns([controls, stage], gap="large")
    return left, right
