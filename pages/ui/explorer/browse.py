"""Tab: leaf through the images."""

import streamlit as st
import torch

from core.charts.images import picture
from core.formatting import article
from pages.ui.explorer import image_choice, results
from pages.ui.kit.drawing.digit_map import digit_map
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.shell.state import linked

SHEET = 80
PAGE = "data_page"
SHOWN = "data_page_shows"  # the choice the sheet was last turned to


def show() -> None:
    """A sheet of thumbnails, filtered; the chosen image large beside it."""
    left, right = controls_and_stage(1.0, 2.2)
    with left:
        split = image_choice.choose_split()
        digit = image_choice.choose_digit()
        chosen = results.digits(split)
        places = results.places_of(results.data_name(), split, digit)
        pages = -(-len(places) // SHEET)
        if st.session_state.get(PAGE, 1) > pages:
            st.session_state[PAGE] = pages
        sheet_place = st.container()
        index = image_choice.choose_index(split, digit)
        _turn_to(places, split, digit, index)
        with sheet_place:
            sheet = st.number_input(
                f"Sheet, 1 to {pages:,}",
                1,
                pages,
                key=PAGE,
                bind="query-params",
                help=f"Turns the pages: {SHEET} images on each.",
            )
    here = places[(sheet - 1) * SHEET : sheet * SHEET]
    marked = (here == index).nonzero().flatten().tolist()
    with right:
        first = (sheet - 1) * SHEET
        st.caption(
            f"{_range(first, first + len(here) - 1, digit)} of {len(places):,} "
            f"{image_choice.SPLITS[split].lower()} images{'' if digit is None else f' of {article(digit)}'}. "
            "Point at one to see it large, click to choose it."
        )
        digit_map(
            "data_sheet",
            images=chosen.images[here, 0].numpy(),
            labels=chosen.labels[here].tolist(),
            names=image_choice.names(chosen, split, here),
            title="A sheet of handwritten digits",
            chosen=marked[0] if marked else None,
            on_pick=lambda mark: image_choice.choose(split, int(here[mark])),
        )
    with left, st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.image(picture(chosen.images[index, 0].numpy(), size=112), width=112)
        with st.container(width=90, gap="small"):
            st.markdown(f"### It is {article(int(chosen.labels[index]))}")
            st.caption(f"Image {index:,}")


def _turn_to(places: torch.Tensor, split: str, digit: int | None, index: int) -> None:
    """Turn to the sheet with the chosen image when the choice is new; after that the reader turns."""
    now = (split, digit, index)
    before = st.session_state.get(SHOWN)
    st.session_state[SHOWN] = now
    found = (places == index).nonzero().flatten().tolist()
    if now == before or not found or (before is None and index == 0):
        return
    if before is None and linked(PAGE) is not None:  # a link may show another sheet than the chosen one
        return
    st.session_state[PAGE] = found[0] // SHEET + 1


def _range(first: int, last: int, digit: int | None) -> str:
    """Image numbers if all are shown; within a filter a place is not a number, so count from 1."""
    return f"Images {first:,} to {last:,}" if digit is None else f"{first + 1:,} to {last + 1:,}"
