"""The Sources page: the texts, what each asks for, and which recipe and tab answers it."""

import streamlit as st

from core.recipes.sources import SOURCES, Source
from pages.ui.course import course
from pages.ui.glossary import links_to
from pages.ui.kit.shell.page import error_boundary, link_row


def sources() -> None:
    """A part for each text, and before them what claims are."""
    with error_boundary():
        st.markdown(
            "The experiments here are those of five teaching texts, written in Chinese; each is a **recipe** with its "
            "source's own settings. What a source reports is quoted as its claim, never mixed into what is measured."
        )
        with link_row("Claims beside measurements:", "reproduced"):
            _links((("runs", "Reproduced"),))
        for source in SOURCES:
            _text(source)


def _text(source: Source) -> None:
    """What it is; below, what it asks for. A recipe's claim stands where the recipe comes first."""
    from core.recipes.texts import RECIPES

    st.header(source.name, anchor=False)
    st.markdown(f"*{source.title}.* {source.about}")
    told: set[str] = set()
    for number, ask in enumerate(source.asks):
        with st.container(border=True):
            asked, answered = st.columns([1.2, 1])
            asked.markdown(f"**{ask.part[:1].upper()}{ask.part[1:]}.** {ask.asked}" if ask.part else ask.asked)
            with answered:
                for name in ask.recipes:
                    recipe = RECIPES[name]
                    claim = "" if name in told or not recipe.claim else f"  \n:small[Claim: {recipe.claim}.]"
                    st.markdown(f"Recipe `{name}`: {recipe.title}{claim}")
                    told.add(name)
                with link_row("See it on:", f"{source.name}-{number}"):
                    _links(ask.tabs)


def _links(places: tuple[tuple[str, str], ...]) -> None:
    links_to(stop for stop in course() if (stop.lesson.name, stop.tab.name) in places)
