"""Home's index of all tabs, with a search over titles, questions and terms. A click opens the tab's address."""

from itertools import groupby

import streamlit as st

from core.config.escaping import escaped
from core.formatting import count
from pages.ui.all_tabs import found
from pages.ui.kit.shell.lessons import Lesson
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.shell.tab import Tab


@st.fragment
def tab_index() -> None:
    """A field to search in; below it what it finds, or the index of everything, folded away."""
    with error_boundary():
        search = st.text_input(
            "Find a tab",
            key="home_find",
            bind="query-params",
            icon=":material/search:",
            width=420,
            placeholder="softmax, overfitting, PGD …",
            help="Every word must begin a word of a tab's title, its question or the terms that it teaches.",
        )
        tabs = found(search)
        if search.strip():
            st.caption(f"{count(len(tabs), 'tab')} found." if tabs else f"No tab for “{escaped(search, 'page')}”.")
            _listed(tabs)
            return
        index = st.expander(f"All {len(tabs)} tabs, each with its question", key="home_index", on_change="rerun")
        if index.open:
            with index:
                _listed(tabs)


def _listed(tabs: list[tuple[Lesson, Tab]]) -> None:
    """The tabs by lesson, each a link with its question."""
    for lesson, those in groupby(tabs, key=lambda entry: entry[0]):
        st.markdown(f"**{lesson.title}**")
        with st.container(key=f"lab-index-{lesson.name}"):
            for _, tab in those:
                st.page_link(
                    lesson.file,
                    label=f"**{tab.title}**: {tab.question} :gray[{tab.minutes} min, {tab.level}]",
                    icon=lesson.icon,
                    query_params={lesson.tab_key: tab.name},
                )
