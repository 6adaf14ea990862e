"""The page of a lesson: its title, its tab bar, and the open tab between its question and what comes next.

lesson_page("CNN", TABS, around)
"""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.ui.course import Stop, next_stop, path_called
from pages.ui.kit.shell import css, lessons, progress, state
from pages.ui.kit.shell.lessons import Lesson, lesson_called
from pages.ui.kit.shell.page import error_boundary, page
from pages.ui.kit.shell.tab import LAST_TAB, Around, OpenTab, Tab
from pages.ui.kit.shell.tab_terms import tab_terms
from pages.ui.kit.widgets import binding
from pages.ui.kit.widgets.held_tabs import title_tabs


@contextmanager
def tabs_alone(open_tab: OpenTab) -> Iterator[Tab]:
    """Nothing but tab bar and tab."""
    yield open_tab()


def lesson_page(title: str, tabs: tuple[Tab, ...], around: Around = tabs_alone) -> None:
    """Draw the page of the lesson with that title: of `tabs` the one that the address names, else the first."""
    lesson = lesson_called(title)
    state.begin_with(lesson.tab_key, tabs[0].name)
    _find_joined(tabs, lesson.tab_key)

    def open_tab() -> Tab:
        opened = _tab_bar(tabs, lesson.tab_key, lesson.meant_tab)
        _asks(opened)
        return opened

    with (
        page(lesson.title, question=lesson.question, icon=lesson.icon, heading=lesson.heading),
        around(open_tab) as opened,
        _unveiled(lesson.name, opened),
    ):
        with error_boundary():
            opened.show()
        _ends(lesson, opened)
    state.left(lesson.tab_key, opened.name)
    progress.mark_seen(Stop(lesson, opened).word)
    progress.keep()


def _find_joined(tabs: tuple[Tab, ...], key: str) -> None:
    """An address that names a tab which has become part of another opens that one, at this part."""
    named = state.linked(key) or ""
    for tab in tabs:
        if named in tab.joined:
            binding.readdress({key: tab.name, **tab.joined[named]})


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
    before = st.session_state.get(LAST_TAB)
    st.session_state[LAST_TAB] = (lesson, tab.name)
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
    """The question, what to look at, and the terms that the tab teaches."""
    with st.container(key="lab-tab-question"):
        st.header(tab.question, anchor=False)
        st.caption(tab.see)
        tab_terms(tab.terms)


def _ends(lesson: Lesson, tab: Tab) -> None:
    """What the tab meant, and the question of the next one, which a click opens."""
    after, path = next_stop(lesson, tab, path_called(progress.path()))
    with st.container(key="lab-tab-end"):
        st.markdown(f"**What it meant.** {tab.meaning}")
        if after is None:
            st.page_link(lessons.HOME.file, label="That was the last tab. Back to Home", icon=":material/home:")
            return
        where = f"Next on the path *{path.title}*" if path else f"Next in {after.lesson.title}"
        st.caption(f"{where}: {after.tab.title} · {after.tab.minutes} min")
        label = f"**{after.tab.question}**"
        if after.lesson == lesson:  # on its own page a link cannot move the tab bar
            st.button(
                label,
                icon=":material/arrow_forward:",
                type="tertiary",
                key="lab_next",
                on_click=_turn_to,
                args=(lesson.tab_key, after.tab.name),
            )
        else:
            st.page_link(after.lesson.file, label=label, icon=":material/arrow_forward:", query_params=after.address)
    if st.session_state.pop("lab_to_top", False):
        css.to_top()


def _turn_to(key: str, tab: str) -> None:
    """Callback: open another tab of this page, from its top."""
    st.session_state[key] = tab
    st.session_state["lab_to_top"] = True
