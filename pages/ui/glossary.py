"""The Glossary: a search over all terms, and each with its definition, formula, names and tabs."""

from collections.abc import Iterable

import streamlit as st

from core.config.escaping import escaped
from core.formatting import count
from core.glossary import GLOSSARY, SUBJECTS, Term, found
from pages.ui.course import Stop, course
from pages.ui.kit.shell.page import error_boundary, link_row
from pages.ui.kit.shell.tab import LAST_TAB
from pages.ui.kit.shell.tab_terms import TERM

#: So many entries are drawn at once; whoever looks for one finds it among the first.
MOST = 30


@st.fragment
def glossary() -> None:
    """The search on top; below it what it finds, or all terms of one subject."""
    with error_boundary():
        _back()
        search = st.text_input(
            "Find a term",
            key=TERM,
            bind="query-params",
            icon=":material/search:",
            width=420,
            placeholder="softmax, 混淆矩阵, nn.Linear …",
            help="In English, in Chinese or as PyTorch calls it; part of a word is enough.",
        ).strip()
        if not search:
            subject = st.pills(
                "Subject",
                list(SUBJECTS),
                default=next(iter(SUBJECTS)),
                required=True,
                key="term_subject",
                bind="query-params",
                help=f"The {len(GLOSSARY)} terms by what they belong to.",
            )
            terms = list(SUBJECTS[subject])
        else:
            terms = found(search)
            st.caption(f"{count(len(terms), 'term')} found." if terms else f"No term for “{escaped(search, 'page')}”.")
        for term in terms[:MOST] if search else terms:
            _entry(term)
        if search and len(terms) > MOST:
            st.caption(f"The first {MOST} of {len(terms)}: type more of the term to see fewer.")


def seen_on(term: Term) -> list[Stop]:
    """The tabs that teach a term, in the order of the lessons."""
    return [stop for stop in course() if term.name in stop.tab.terms]


def _back() -> None:
    """A link to the tab that one comes from, if any; as the sidebar's links, it finds everything as it was."""
    came_from = st.session_state.get(LAST_TAB)
    for stop in course():
        if (stop.lesson.name, stop.tab.name) == came_from:
            label = f"Back to {stop.lesson.title}: {stop.tab.title}"
            st.page_link(stop.lesson.file, label=label, icon=":material/arrow_back:")


def links_to(stops: Iterable[Stop]) -> None:
    """A link to each tab, named with its lesson."""
    for stop in stops:
        label = f"{stop.lesson.title}: {stop.tab.title}"
        st.page_link(stop.lesson.file, label=label, query_params=stop.address)


def _entry(term: Term) -> None:
    """Names, definition and links to where it can be seen; the formula beside them."""
    with st.container(border=True, key=f"lab-entry-{term.name}"):
        words, formula = st.columns([1.5, 1], vertical_alignment="center")
        with words:
            pytorch = f" · `{term.pytorch}`" if term.pytorch else ""
            st.markdown(f"**{term.name}** · {term.zh}{pytorch}  \n{term.definition}")
            if term.aliases:
                st.caption(f"Also: {', '.join(term.aliases)}")
            with link_row("See it on:", term.name):
                links_to(seen_on(term))
        if term.formula:
            formula.latex(term.formula)
