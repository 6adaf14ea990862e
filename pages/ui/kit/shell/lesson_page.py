"""The page of a lesson: its title, its tab bar, and the open tab with the question it answers.

lesson_page("CNN", TABS, around)
"""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.glossary import GLOSSARY
from pages.ui.kit.shell import css
from pages.ui.kit.shell.lessons import lesson_called
from pages.ui.kit.shell.page import page
from pages.ui.kit.shell.tab import Around, OpenTab, Tab
from pages.ui.kit.widgets.held_tabs import title_tabs


@contextmanager
def tabs_alone(open_tab: OpenTab) -> Iterator[Tab]:
    """Nothing but tab bar and tab."""
    yield open_tab()


def lesson_page(title: str, tabs: tuple[Tab, ...], around: Around = tabs_alone) -> None:
    """Draw the page of the lesson with that title: of `tabs` the one that the address names."""
    lesson = lesson_called(title)

    def open_tab() -> Tab:
        opened = _tab_bar(tabs, lesson.tab_key, lesson.first_tab)
        _asks(opened)
        return opened

    with (
        page(lesson.title, question=lesson.question, icon=lesson.icon, heading=lesson.heading),
        around(open_tab) as opened,
        _unveiled(lesson.name, opened),
    ):
        opened.show()


def _tab_bar(tabs: tuple[Tab, ...], key: str, first: str) -> Tab:
    """All tabs stand below the bar, none in it: a widget that moves to another place, as those do that several
    tabs share, loses its hold on the address.

    Streamlit writes a tab's label into the address: so the label is the name, and the title is put in its place.
    """
    title_tabs({tab.name: tab.title for tab in tabs if tab.title != tab.name})
    with st.container(key="lab-tabs"):
        bars = st.tabs([tab.name for tab in tabs], default=first or None, key=key, bind="query-params")
    return next((tab for tab, bar in zip(tabs, bars, strict=True) if bar.open), tabs[0])


@contextmanager
def _unveiled(lesson: str, tab: Tab) -> Iterator[None]:
    """The place of the open tab. What another tab has left there until it is drawn over is out of sight."""
    before = st.session_state.get("lab_tab_seen")
    st.session_state["lab_tab_seen"] = (lesson, tab.name)
    place = st.container(key="lab-tab")
    with st.container(key="lab-veil"):
        veil = st.empty()
    if before not in (None, (lesson, tab.name)):
        veil.html(css.VEIL)
    try:
        with place:
            yield
    finally:
        veil.empty()


def _asks(tab: Tab) -> None:
    """The question and what to look at; its terms are explained where one points at the question mark."""
    with st.container(key="lab-tab-question"):
        explained = "\n\n".join(f"**{term}**: {GLOSSARY[term].definition}" for term in tab.terms)
        st.markdown(f"**{tab.question}**", help=explained or None)
        st.caption(tab.see)
