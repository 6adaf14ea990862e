"""The terms of a tab in a line at its head: explained where one points at them, a click opens the Glossary there."""

from collections.abc import Iterable

import streamlit as st

from core.glossary import GLOSSARY, Term
from pages.ui.kit.shell import lessons
from pages.ui.kit.shell.page import link_row

#: The parameter of the Glossary's address that names a term.
TERM = "term"


def tab_terms(names: Iterable[str]) -> None:
    """Links in a row that wraps, quiet until one points at them."""
    with link_row("Terms:", "terms"):
        for name in names:
            st.page_link(lessons.GLOSSARY.file, label=name, help=explained(GLOSSARY[name]), query_params={TERM: name})


def explained(term: Term) -> str:
    """A term in a bubble's two lines. Formulas come out too small there."""
    return f"**{term.name}** · {term.zh}\n\n{term.definition}"
