"""Choosing one image: which split, which digit, which number. It holds over all tabs and in the URL."""

import random

import streamlit as st
import torch

from core.data import Digits
from pages.ui.explorer import results
from pages.ui.kit.shell import choices

SPLITS = {"train": "Training", "test": "Test"}
CLASSES = tuple(str(digit) for digit in range(10))
INDEX, SPLIT, DIGIT = "data_index", "data_split", "data_digit"


def choose_split() -> str:
    """ "train" or "test"."""
    with choices.shared(
        choices.IMAGE, SPLIT, into=lambda place: place[0], out_of=lambda split: (split, chosen_in(split) or 0)
    ):
        split = st.segmented_control(
            "Images",
            list(SPLITS),
            default=None if SPLIT in st.session_state else "train",
            required=True,
            format_func=lambda name: SPLITS[name],
            key=SPLIT,
            bind="query-params",
            on_change=_stay_within,
            help="Networks learn from training images. Test images only measure how well.",
        )
    return str(split)


def choose_digit(label: str = "Class") -> int | None:
    """One digit, or None for all of them."""
    return st.pills(
        label,
        list(range(10)),
        key=DIGIT,
        bind="query-params",
        wrap=True,
        help="Only images with this label. Press it again for all ten classes.",
    )


def choose_index(split: str, digit: int | None) -> int:
    """The number of one image within its split, and a button that draws another of the chosen digit."""
    count = len(results.digits(split))
    _stay_within()
    places = results.places_of(results.data_name(), split, digit)
    kept = st.session_state.get(INDEX)
    if isinstance(kept, int) and not bool((places == kept).any()):  # the next one of that digit
        st.session_state[INDEX] = int(places[min(int((places < kept).sum()), len(places) - 1)])
    # No limits of its own: a field with limits keeps showing the number that it refuses.
    with choices.shared(
        choices.IMAGE,
        INDEX,
        into=lambda place: place[1] if place[0] == split and place[1] < count else None,
        out_of=lambda index: (split, int(index)),
    ):
        index = st.number_input(
            "Image number",
            step=1,
            key=INDEX,
            bind="query-params",
            on_change=_stay_within,
            help=f"0 to {count - 1:,}. Clicking a small image selects it too.",
        )
    if not bool((places == index).any()):  # a first value or an address; the next run brings it back
        st.rerun()
    st.button(
        "Random image",
        icon=":material/casino:",
        key="data_random",
        on_click=_draw,
        args=(split, digit),
        width="stretch",
    )
    return int(index)


def choose(split: str, index: int) -> None:
    """Make image `index` of `split` the chosen one; call it from a callback."""
    st.session_state[SPLIT] = split
    st.session_state[INDEX] = index


def chosen_in(split: str) -> int | None:
    """The number of the chosen image if it belongs to `split`, for tabs that do not ask for one."""
    index = st.session_state.get(INDEX)
    return index if (st.session_state.get(SPLIT) or "train") == split and isinstance(index, int) else None


def name(chosen: Digits, split: str, index: int) -> str:
    """For example "5 · training image 1,234"."""
    return f"{int(chosen.labels[index])} · {SPLITS[split].lower()} image {index:,}"


def names(chosen: Digits, split: str, places: torch.Tensor) -> list[str]:
    """`name` of many."""
    return [name(chosen, split, int(place)) for place in places]


def _draw(split: str, digit: int | None) -> None:
    places = results.places_of(results.data_name(), split, digit)
    choose(split, int(places[random.randrange(len(places))]))


def _stay_within() -> None:
    """Bring back a number that does not exist: typed, or chosen among the more numerous training images."""
    count = len(results.digits(st.session_state.get(SPLIT) or "train"))
    index = st.session_state.get(INDEX)
    if isinstance(index, int) and not 0 <= index < count:
        st.session_state[INDEX] = max(0, min(index, count - 1))
