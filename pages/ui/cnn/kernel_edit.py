"""Rewrite the numbers of one kernel by hand."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.charts.images import gradient_pictures
from core.config.cnn import CNNConfig
from core.lessons.cnn.channel_ablation import KernelPlace
from core.models.cnn import CNN
from pages.ui.cnn.map_results import Kernels

KEPT, KEY, WIDE = "cnn_kernel_edits", "cnn_kernel", 120
Cells = NDArray[np.float32]
Rows = tuple[tuple[float, ...], ...]


@dataclass
class KernelEdits:
    """What this session has rewritten in the network of key `owner`.

    now: the kernels as they were last left. trained: as they were found. table: what the editor was last
    given for the kernel at `at`, and `version`, which begins a new editor: its edits are kept against that.
    """

    owner: str = ""
    now: dict[KernelPlace, Rows] = field(default_factory=dict)
    trained: dict[KernelPlace, Rows] = field(default_factory=dict)
    at: KernelPlace | None = None
    table: Rows = ()
    version: int = 0

    def changed(self) -> Kernels:
        """The kernels that differ from the trained ones."""
        return {place: rows for place, rows in self.now.items() if rows != self.trained[place]}


def kernel_edits(owner: str) -> KernelEdits:
    """This session's edits of that network; another network, or the same after more training, begins anew."""
    kept = st.session_state.get(KEPT)
    if not isinstance(kept, KernelEdits) or kept.owner != owner:
        kept = KernelEdits(owner, version=kept.version + 1 if isinstance(kept, KernelEdits) else 0)
        st.session_state[KEPT] = kept
    return kept


def undo_kernels(edits: KernelEdits) -> None:
    """Forget all edits."""
    edits.now.clear()
    edits.at = None


def edit_kernel(model: nn.Module, config: CNNConfig, edits: KernelEdits) -> None:
    """Choose a kernel; change its numbers in a table, or all at once."""
    place, weight = _choose(model, config)
    found = _rows(weight)
    unseen = f"{KEY}_table_{edits.version}" not in st.session_state  # another part was open meanwhile
    if edits.at != place or unseen:  # a table of its own for every visit: it starts from what is there now
        edits.at, edits.table, edits.version = place, edits.now.get(place, found), edits.version + 1
    edits.trained[place] = found
    side = len(found)
    names = [str(column) for column in range(side)]
    table = st.data_editor(
        pd.DataFrame(np.array(edits.table, dtype=np.float64), columns=names),
        key=f"{KEY}_table_{edits.version}",
        hide_index=True,
        num_rows="fixed",
        column_config={
            name: st.column_config.NumberColumn(format="%.3f", step=0.001, required=True, width="small")
            for name in names
        },
    )
    rows = _rows(torch.tensor(table.to_numpy(dtype=np.float32, na_value=np.nan)))
    edits.now[place] = rows
    if not np.isfinite(rows).all():
        edits.now[place] = edits.table
        st.warning("Every cell needs a number: fill in the empty one.", icon=":material/info:")
    _at_once(edits, place, found)
    images = gradient_pictures(np.array([found, edits.now[place]]), wide=WIDE)
    with st.container(horizontal=True, gap="medium"):
        for name, shown in zip(("Trained", "Edited"), images, strict=True):
            with st.container(width=WIDE, gap="xxsmall"):
                st.image(shown, width=WIDE, alt=f"Weights of the kernel, {name.lower()}")
                st.caption(name)


def _choose(model: nn.Module, config: CNNConfig) -> tuple[KernelPlace, Tensor]:
    assert isinstance(model, CNN)
    with st.container(horizontal=True, gap="small"):
        blocks = len(config.channels)
        block = 1
        if blocks > 1:
            block = int(_number("Convolution", 1, blocks, f"{KEY}_block_{blocks}", "Convolution, counted from 1."))
        weight = dict(model.layers.named_children())[f"conv{block}"].get_parameter("weight").detach()
        ends = []
        for name, word, count, description in (
            ("Output channel", "to", weight.shape[0], "Output channel of the kernel."),
            ("Input channel", "from", weight.shape[1], "Input channel of the kernel."),
        ):
            key = f"{KEY}_{word}_{count}"
            ends.append(int(_number(name, 0, count - 1, key, description)) if count > 1 else 0)
    place = KernelPlace(block, *ends)
    return place, weight[place.to, place.source]


def _number(label: str, low: int, high: int, key: str, description: str) -> int:
    return st.number_input(
        label, low, high, low, key=key, bind="query-params", width=120, help=f"{description} {low} to {high}."
    )


def _at_once(edits: KernelEdits, place: KernelPlace, found: Rows) -> None:
    now = np.array(edits.now[place], dtype=np.float32)
    with st.container(horizontal=True, gap="small"):
        for label, icon, key, new, description in (
            ("Set to zero", "do_not_disturb_on", "zero", np.zeros_like(now), "The kernel contributes nothing."),
            ("Flip signs", "swap_vert", "flip", -now, "Positive weights become negative and the other way round."),
            ("Mirror", "swap_horiz", "mirror", now[:, ::-1], "Swaps left and right."),
            ("Reset", "undo", "back", np.array(found, dtype=np.float32), "Back to the trained weights."),
        ):
            st.button(
                label,
                icon=f":material/{icon}:",
                key=f"{KEY}_{key}",
                on_click=_set,
                args=(edits, place, new),
                help=description,
            )


def _set(edits: KernelEdits, place: KernelPlace, new: Cells) -> None:
    """Callback: the kernel becomes `new`, and the table starts again from it."""
    edits.now[place] = _rows(torch.tensor(new.copy()))
    edits.at = None


def _rows(kernel: Tensor) -> Rows:
    """(k, k) as numbers that can be compared and kept; exactly the float32 they are."""
    return tuple(tuple(row) for row in kernel.tolist())
