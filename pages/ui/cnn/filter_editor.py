"""A kernel to choose and to edit, number by number; the address keeps it."""

import math

import streamlit as st
import torch
from torch import Tensor

from core.lessons.cnn.classic_filters import FILTERS, random_filter
from pages.ui.kit.shell import state
from pages.ui.kit.widgets.binding import ignore, renamed

#: Number fields as narrow as a kernel's cells, their numbers in the middle.
SLIM = "<style>.st-key-cnn_hand_cells input { padding-left: 2px; padding-right: 2px; text-align: center; }</style>"
RANDOM = "random"
FORMER = {
    "upright edges (Sobel)": "vertical edges (Sobel)",
    "level edges (Sobel)": "horizontal edges (Sobel)",
    "edges all around": "edge detection (Laplacian)",
}
SIDES = {"3×3": 3, "5×5": 5}
FIELD = {3: 68, 5: 41}  # screen pixels of a field
KEPT = "cnn_hand_kernel"  # holds a kernel that was edited by hand
PRESET, SEED, SIZE = "cnn_hand_preset", "cnn_hand_seed", "cnn_hand_size"
LARGEST = 100.0
renamed(PRESET, FORMER)


def edited_filter() -> Tensor:
    """Size, preset and one field a number; returns the kernel (k, k) in float64."""
    size = st.segmented_control(
        "Kernel size",
        list(SIDES),
        default="3×3",
        required=True,
        key=SIZE,
        bind="query-params",
        on_change=_refill,
        help="How many pixels the kernel covers.",
    )
    side = SIDES[size]
    preset = st.selectbox(
        "Kernel",
        [*FILTERS, RANDOM],
        key=PRESET,
        bind="query-params",
        on_change=_refill,
        help="Kernels designed by hand, or a random one.",
    )
    seed = 0
    if preset == RANDOM:
        seed = int(
            st.number_input(
                "Seed",
                0,
                9999,
                0,
                key=SEED,
                bind="query-params",
                on_change=_refill,
                help="Another seed, another random kernel.",
            )
        )
    original = _preset(preset, side, seed)
    if cell_key(side, 0, 0) not in st.session_state:  # (back) on the screen
        words = state.recall(KEPT)
        kept = _read(words, side)
        if words is not None and kept is None:
            ignore(KEPT, words, f"holds no kernel of {side}×{side} numbers", key=cell_key(side, 0, 0))
        _put(original if kept is None else kept)
    st.html(SLIM)
    with st.expander("Edit the weights", icon=":material/edit:"), st.container(key="cnn_hand_cells", gap="xxsmall"):
        kernel = torch.tensor([_row(side, row) for row in range(side)], dtype=torch.float64)
    own = not torch.equal(kernel, original)
    state.remember(KEPT, _text(kernel) if own else None)
    description = (
        "A random kernel, as in a network before training." if preset == RANDOM else FILTERS[preset].description
    )
    st.caption("Edited by hand." if own else description)
    if own:
        st.button(
            "Reset the kernel",
            icon=":material/undo:",
            key="cnn_hand_undo",
            on_click=_refill,
            help="Back to the chosen kernel.",
        )
    return kernel


def cell_key(side: int, row: int, column: int) -> str:
    """The field that holds one of the kernel's numbers."""
    return f"cnn_hand_w{side}_{row}_{column}"


def _row(side: int, row: int) -> list[float]:
    with st.container(horizontal=True, gap="xxsmall"):
        return [
            float(
                st.number_input(
                    f"Weight in row {row}, column {column}",
                    -LARGEST,
                    LARGEST,
                    step=0.1,
                    format="%.3g",
                    key=cell_key(side, row, column),
                    label_visibility="collapsed",
                    width=FIELD[side],
                    help="One weight of the kernel.",
                )
            )
            for column in range(side)
        ]


def _preset(name: str, side: int, seed: int) -> Tensor:
    return random_filter(side, seed) if name == RANDOM else FILTERS[name].make(side)


def _refill() -> None:
    """Callback: the fields take the chosen kernel's numbers, and edits are forgotten."""
    side = SIDES[st.session_state[SIZE]]
    state.remember(KEPT, None)
    _put(_preset(st.session_state[PRESET], side, int(st.session_state.get(SEED, 0))))


def _put(kernel: Tensor) -> None:
    for row, numbers in enumerate(kernel.tolist()):
        for column, number in enumerate(numbers):
            st.session_state[cell_key(len(kernel), row, column)] = number


def _text(kernel: Tensor) -> str:
    return "_".join(f"{number:.6g}" for number in kernel.flatten().tolist())


def _read(text: str | None, side: int) -> Tensor | None:
    """The kernel that the address holds; None if it holds none of this size."""
    try:
        numbers = [float(part) for part in (text or "").split("_")]
    except ValueError:
        return None
    if len(numbers) != side**2 or not all(math.isfinite(n) and abs(n) <= LARGEST for n in numbers):
        return None
    return torch.tensor(numbers, dtype=torch.float64).reshape(side, side)
