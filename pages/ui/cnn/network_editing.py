"""Operate on a copy of the network: channels off, kernels rewritten; and what it then reads."""

from functools import partial

import streamlit as st

from core.config.cnn import CNNConfig
from core.data.digits import Mnist
from core.formatting import count
from core.lessons.cnn.feature_maps import layer_outputs
from pages.ui.cnn import map_results as results
from pages.ui.cnn.channel_ablation import knocked_out
from pages.ui.cnn.editing_effect import by_digit, effect
from pages.ui.cnn.kernel_edit import KernelEdits, edit_kernel, kernel_edits, undo_kernels
from pages.ui.cnn.layer_words import cut_after, tag
from pages.ui.cnn.map_rows import first_shown, layer_row
from pages.ui.kit.drawing.map_sheet import map_sheet
from pages.ui.kit.network.image_picker import Subject
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.shell import css

KEY, EFFECT = "cnn_change", "cnn_change_effect"
OFF, KERNEL = "Switch channels off", "Rewrite a kernel"

CODE = """\
import copy
edited = copy.deepcopy(network).eval()      # never operate on the original

def switch_off(layer, inputs, output):      # called after the activation, before pooling
    output = output.clone()
    output[:, 0] = 0.0                      # channel 0 passes on zero everywhere
    return output

edited[{act}].register_forward_hook(switch_off)    # the activation of block 1
with torch.no_grad():
    edited[{conv}].weight[0, 0] *= -1              # kernel to channel 0 from channel 0: signs flipped
print(edited(x).softmax(dim=1))
"""


def code(config: CNNConfig) -> str:
    """Surgery on the network that the part "Maps" prints."""
    return CODE.format(act=cut_after(config, "act1") - 1, conv=cut_after(config, "conv1") - 1)


def surgery(trained: Trained, mnist: Mnist, seen: Subject) -> None:
    """Controls on the left, effect on the right; below, each channel's own importance."""
    config = results.cnn(trained)
    edits = kernel_edits(trained.key)
    css.keep_in_view(EFFECT)
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        operation = st.segmented_control(
            "Operation",
            [OFF, KERNEL],
            default=OFF,
            required=True,
            key=f"{KEY}_operation",
            bind="query-params",
            label_visibility="collapsed",
            help="Silence whole channels, or change the numbers of one kernel. Both add up.",
        )
        place = st.container()
        off = _choose_off(config)
        with place:
            if operation == KERNEL:
                edit_kernel(trained.model, config, edits)
            else:
                _switches(trained, config, seen, off, edits)
        _undo(config, edits, off)
    with right, st.container(key=EFFECT):
        read = effect(trained, mnist, seen, off, edits.changed())
    st.divider()
    left, right = st.columns(2, gap="large")
    with left:
        by_digit(read)
    with right:
        knocked_out(trained, mnist)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(code(config), language="python")


def _off_key(config: CNNConfig, block: int) -> str:
    return f"{KEY}_off{block}_{tag(config)}"


def _choose_off(config: CNNConfig) -> dict[int, list[int]]:
    """Block → channels switched off, in a list box for each block."""
    off: dict[int, list[int]] = {}
    with st.container(horizontal=True, gap="small"):
        for block, count in enumerate(config.channels, start=1):
            off[block] = st.multiselect(
                f"Off in act{block}",
                list(range(count)),
                key=_off_key(config, block),
                bind="query-params",
                placeholder="none",
                width=200,
                help=f"Which of the {count} channels of block {block} give zero.",
            )
    return off


def _switches(
    trained: Trained, config: CNNConfig, seen: Subject, off: dict[int, list[int]], edits: KernelEdits
) -> None:
    """The activations' maps as switches."""
    st.caption(
        "Click a map to switch its channel off, and again to switch it on. Off: the activation gives zero at "
        "every place, so what follows, pooling and the next layer, receives nothing but zeros from it."
    )
    outputs = layer_outputs(results.changed(trained, off, edits.changed()), config, seen.image)
    shown = [out for out in outputs if out.name.startswith("act")]
    first = first_shown(shown, KEY)
    rows = [
        layer_row(
            out,
            config,
            shared=False,
            first=first,
            off=off[block],
            words=f"{config.activation} of block {block}: {len(out.values)} channels, {len(off[block])} off",
        )
        for block, out in enumerate(shown, start=1)
    ]
    map_sheet(f"{KEY}_sheet", rows, toggles=True, on_pick=partial(_toggle, config, first))


def _toggle(config: CNNConfig, first: int, row: int, picture: int) -> None:
    """Callback: the channel clicked goes off, or on again."""
    key = _off_key(config, row + 1)
    st.session_state[key] = sorted({*st.session_state.get(key, [])} ^ {first + picture})


def _undo(config: CNNConfig, edits: KernelEdits, off: dict[int, list[int]]) -> None:
    channels, kernels = sum(map(len, off.values())), len(edits.changed())
    told = [f"{count(channels, 'channel')} off"] if channels else []
    told += [f"{count(kernels, 'kernel')} rewritten"] if kernels else []
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"Changed so far: {', '.join(told)}." if told else "Nothing changed yet.", width="stretch")
        st.button(
            "Undo all",
            icon=":material/undo:",
            key=f"{KEY}_undo",
            disabled=not told,
            on_click=_reset,
            args=(config, edits),
            help="Back to the network as it was trained.",
        )


def _reset(config: CNNConfig, edits: KernelEdits) -> None:
    undo_kernels(edits)
    for block in range(1, len(config.channels) + 1):
        st.session_state[_off_key(config, block)] = []
