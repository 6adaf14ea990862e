"""Home's search over tabs and glossary, and its index of all tabs. A click opens the tab's address."""

from itertools import groupby

import streamlit as st

from core import glossary
from core.config.escaping import escaped
from core.formatting import count
from pages.ui.all_tabs import found
from pages.ui.course import Stop
from pages.ui.kit.shell import progress
from pages.ui.kit.shell.lessons import GLOSSARY, Lesson
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.shell.tab import Tab
from pages.ui.kit.shell.tab_terms import TERM

MOST_TERMS = 8
SEEN, UNSEEN = ":material/check_circle:", ":material/radio_button_unchecked:"


@st.fragment
def search() -> None:
    """A field to search in and, below it, what it finds."""
    with error_boundary():
        head, field = st.columns([1, 1.2], vertical_alignment="center")
        head.header("Lessons", anchor=False)
        wanted = field.text_input(
            "Find a tab or a term",
            key="home_find",
            bind="query-params",
            icon=":material/search:",
            placeholder="Find a tab or a term: softmax, PGD …",
            label_visibility="collapsed",
            help="Every word must begin a word of a tab's title, its question or its terms, or stand in the name of "
            "a term: English, Chinese or PyTorch's.",
        )
        if not wanted.strip():
            return
        tabs, terms = found(wanted), glossary.found(wanted)
        if tabs or terms:
            st.caption(f"{count(len(tabs), 'tab')} and {count(len(terms), 'term')} found.")
        else:
            st.caption(f"No tab and no term for “{escaped(wanted, 'page')}”.")
        _listed(tabs, "found")
        for term in terms[:MOST_TERMS]:
            st.page_link(GLOSSARY.file, label=f"**{term.name}**: {term.definition}", query_params={TERM: term.name})


@st.fragment
def tab_index() -> None:
    """All tabs by their questions, folded away."""
    with error_boundary():
        tabs = found("")
        index = st.expander(f"All {len(tabs)} tabs, each with its question", key="home_index", on_change="rerun")
        if index.open:
            with index:
                _listed(tabs, "index")


def _listed(tabs: list[tuple[Lesson, Tab]], where: str) -> None:
    """The tabs by lesson, each a link with its question, ticked if it was seen."""
    seen = progress.seen()
    for lesson, those in groupby(tabs, key=lambda entry: entry[0]):
        st.markdown(f"**{lesson.title}**")
        with st.container(key=f"lab-index-{where}-{lesson.name}"):
            for _, tab in those:
                stop = Stop(lesson, tab)
                st.page_link(
                    lesson.file,
                    label=f"**{tab.title}**: {tab.question} :gray[{tab.minutes} min, {tab.level}]",
                    icon=SEEN if stop.word in seen else UNSEEN,
                    query_params=stop.address,
                )
