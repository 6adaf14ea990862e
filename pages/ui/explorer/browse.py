"""Tab: page through the images."""

import streamlit as st
import torch

from core.charts.images import picture
from pages.ui.explorer import image_choice, results
from pages.ui.kit.drawing.digit_map import digit_map
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.shell.state import linked

COUNT = 80  # images on a page
PAGE = "data_page"
SHOWN = "data_page_shows"  # the image whose page was opened last


def show() -> None:
    """A page of thumbnails, filtered; the chosen image large beside it."""
    left, right = controls_and_stage(1.0, 2.2)
    with left:
        split = image_choice.choose_split()
        digit = image_choice.choose_digit()
        chosen = results.digits(split)
        places = results.places_of(results.data_name(), split, digit)
        pages = -(-len(places) // COUNT)
        if st.session_state.get(PAGE, 1) > pages:
            st.session_state[PAGE] = pages
        page_place = st.container()
        index = image_choice.choose_index(split, digit)
        _turn_to(places, split, digit, index)
        with page_place:
            page = st.number_input(
                f"Page, 1 to {pages:,}", 1, pages, key=PAGE, bind="query-params", help=f"{COUNT} images on each page."
            )
    here = places[(page - 1) * COUNT : page * COUNT]
    marked = (here == index).nonzero().flatten().tolist()
    with right:
        first = (page - 1) * COUNT
        st.caption(
            f"{_range(first, first + len(here) - 1, digit)} of {len(places):,} "
            f"{image_choice.SPLITS[split].lower()} images{'' if digit is None else f' of class {digit}'}. "
            "Point at an image to enlarge it; click to select it."
        )
        digit_map(
            "data_sheet",
            images=chosen.images[here, 0].numpy(),
            labels=chosen.labels[here].tolist(),
            names=image_choice.names(chosen, split, here),
            title=f"Page {page:,} of handwritten digits",
            chosen=marked[0] if marked else None,
            on_pick=lambda mark: image_choice.choose(split, int(here[mark])),
        )
    with left, st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        label = int(chosen.labels[index])
        name = image_choice.name(chosen, split, index)
        st.image(picture(chosen.images[index, 0].numpy(), size=112), width=112, alt=name)
        with st.container(width=90, gap="small"):
            st.markdown(f"### Label: {label}")
            st.caption(f"Image {index:,}")


def _turn_to(places: torch.Tensor, split: str, digit: int | None, index: int) -> None:
    """Open the page with the selected image when the selection is new; after that the reader turns."""
    now = (split, digit, index)
    before = st.session_state.get(SHOWN)
    st.session_state[SHOWN] = now
    found = (places == index).nonzero().flatten().tolist()
    if now == before or not found or (before is None and index == 0):
        return
    if before is None and linked(PAGE) is not None:  # a link may show another page than the selected image's
        return
    st.session_state[PAGE] = found[0] // COUNT + 1


def _range(first: int, last: int, digit: int | None) -> str:
    """Image numbers if all are shown; within a filter a place is not a number, so count from 1."""
    return f"Images {first:,} to {last:,}" if digit is None else f"{first + 1:,} to {last + 1:,}"
