"""Tab: leaf through the images."""

import streamlit as st

from core.figures.template import picture
from pages.ui.digit_map import digit_map
from pages.ui.explorer import choice, computed
from pages.ui.layout import controls_and_stage

SHEET = 80
PAGE = "data_page"


def show() -> None:
    """A sheet of thumbnails, filtered; the chosen image large beside it."""
    left, right = controls_and_stage(1.0, 2.2)
    with left:
        split = choice.choose_split()
        digit = choice.choose_digit()
        chosen = computed.digits(split)
        places = computed.places_of(computed.data_name(), split, digit)
        pages = -(-len(places) // SHEET)
        if st.session_state.get(PAGE, 1) > pages:
            st.session_state[PAGE] = pages
        sheet = st.number_input(f"Sheet, 1 to {pages:,}", 1, pages, value=1, key=PAGE, bind="query-params")
        index = choice.choose_index(split, digit)
    here = places[(sheet - 1) * SHEET : sheet * SHEET]
    marked = (here == index).nonzero().flatten().tolist()
    with right:
        first = (sheet - 1) * SHEET
        st.caption(
            f"{first + 1:,} to {first + len(here):,} of {len(places):,} {choice.SPLITS[split].lower()} images"
            f"{'' if digit is None else f' of a {digit}'}. Point at one to see it large, click to choose it."
        )
        digit_map(
            "data_sheet",
            images=chosen.images[here, 0].numpy(),
            labels=chosen.labels[here].tolist(),
            names=choice.names(chosen, split, here),
            title="A sheet of handwritten digits",
            chosen=marked[0] if marked else None,
            on_pick=lambda mark: choice.choose(split, int(here[mark])),
        )
    with left, st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.image(picture(chosen.images[index, 0].numpy(), size=112), width=112)
        with st.container(width=90, gap="small"):
            st.markdown(f"### It is a {int(chosen.labels[index])}")
            st.caption(f"Image {index:,}")
