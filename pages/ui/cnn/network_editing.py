"""Edit a copy of the network: channels off, kernels rewritten; and what it then predicts."""

from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial

import streamlit as st
from torch import Tensor

from core.charts.intervals import Accuracies, before_after_figure, interval_columns, intervals
from core.charts.palette import GRAY, GREEN, ORANGE
from core.config.cnn import CNNConfig
from core.config.proportion import Proportion
from core.data.digits import Mnist
from core.formatting import count, percent, points, probability
from core.lessons.cnn.channel_ablation import Off
from core.lessons.cnn.charts.accuracy import digit_pairs_figure
from core.lessons.cnn.feature_maps import layer_outputs
from core.models.evaluation import logits
from core.models.inspect.confusion import confusion
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn import map_results as results
from pages.ui.cnn.kernel_edit import KernelEdits, edit_kernel, kernel_edits, undo_kernels
from pages.ui.cnn.layer_words import cut_after, tag
from pages.ui.cnn.map_rows import first_shown, layer_row
from pages.ui.kit.drawing.map_sheet import map_sheet
from pages.ui.kit.network.image_picker import Subject
from pages.ui.kit.shell import css
from pages.ui.kit.training.accuracy_line import BY_TEST
from pages.ui.kit.widgets import cached_results
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.parts import pick_part

KEY, EFFECT = "cnn_change", "cnn_change_effect"
OFF, KERNEL = "Switch channels off", "Edit a kernel"
renamed(f"{KEY}_operation", {"Rewrite a kernel": KERNEL})

CODE = """\
import copy
edited = copy.deepcopy(network).eval()      # the original stays as it is

def switch_off(layer, inputs, output):      # called after the activation, before pooling
    output = output.clone()
    output[:, 0] = 0.0                      # ablate channel 0
    return output

edited[{act}].register_forward_hook(switch_off)    # the activation of block 1
with torch.no_grad():
    edited[{conv}].weight[0, 0] *= -1              # flip the signs of one kernel
print(edited(x).softmax(dim=1))
"""


def code(config: CNNConfig) -> str:
    """Ablation of the network that the part "Maps" prints."""
    return CODE.format(act=cut_after(config, "act1") - 1, conv=cut_after(config, "conv1") - 1)


def ablation(trained: TrainedNetwork, mnist: Mnist, seen: Subject) -> None:
    """Controls on the left, effect on the right; below, each channel's own importance."""
    config = results.cnn(trained)
    edits = kernel_edits(trained.key)
    css.keep_in_view(EFFECT)
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        operation = pick_part(
            f"{KEY}_operation",
            {OFF: (), KERNEL: ()},
            help="Switch whole channels off, or change the weights of one kernel. Both edits add up.",
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
        edited = effect(trained, mnist, seen, off, edits.changed())
    st.divider()
    left, right = st.columns(2, gap="large")
    with left:
        by_digit(edited)
    with right:
        channel_ablation(trained, mnist)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(code(config), language="python")


def _off_key(config: CNNConfig, block: int) -> str:
    return f"{KEY}_off{block}_{tag(config)}"


def _choose_off(config: CNNConfig) -> dict[int, list[int]]:
    """Block → channels switched off, in a list box for each block."""
    off: dict[int, list[int]] = {}
    with st.expander("Channels by number", icon=":material/tune:"), st.container(horizontal=True, gap="small"):
        for block, count in enumerate(config.channels, start=1):
            off[block] = st.multiselect(
                f"Off in act{block}",
                list(range(count)),
                key=_off_key(config, block),
                bind="query-params",
                placeholder="none",
                width=200,
                help=f"Channels of block {block} (0 to {count - 1}) whose activation is set to zero.",
            )
    return off


def _switches(
    trained: TrainedNetwork, config: CNNConfig, seen: Subject, off: dict[int, list[int]], edits: KernelEdits
) -> None:
    """The activations' maps as switches."""
    st.caption(
        "Click a map to switch its channel off, and again to switch it on. Off: the activation is zero at every place."
    )
    outputs = layer_outputs(results.changed(trained, off, edits.changed()), config, seen.image)
    shown = [out for out in outputs if out.name.startswith("act")]
    with st.container(horizontal=True):
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


def _toggle(config: CNNConfig, first: int, row: int, column: int) -> None:
    """Callback: the channel clicked goes off, or on again."""
    key = _off_key(config, row + 1)
    st.session_state[key] = sorted({*st.session_state.get(key, [])} ^ {first + column})


def _undo(config: CNNConfig, edits: KernelEdits, off: dict[int, list[int]]) -> None:
    channels, kernels = sum(map(len, off.values())), len(edits.changed())
    sentence = [f"{count(channels, 'channel')} off"] if channels else []
    sentence += [f"{count(kernels, 'kernel')} edited"] if kernels else []
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"Edits: {', '.join(sentence)}." if sentence else "No edits yet.", width="stretch")
        st.button(
            "Undo all",
            icon=":material/undo:",
            key=f"{KEY}_undo",
            disabled=not sentence,
            on_click=_reset,
            args=(config, edits),
            help="Back to the trained network.",
        )


def _reset(config: CNNConfig, edits: KernelEdits) -> None:
    undo_kernels(edits)
    for block in range(1, len(config.channels) + 1):
        st.session_state[_off_key(config, block)] = []


# How much the network needs each channel: its accuracy with one after the other switched off.


ABLATION_KEY, ASKED = "cnn_knock", "cnn_knock_asked"


def channel_ablation(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Accuracy without each single channel of a block; at once where it is quick, else on a button."""
    config = results.cnn(trained)
    st.markdown("**Channel ablation**: accuracy without each single channel")
    blocks = [f"act{number}" for number in range(1, len(config.channels) + 1)]
    block = blocks[0]
    if len(blocks) > 1:
        block = st.segmented_control(
            "Block",
            blocks,
            default=blocks[0],
            required=True,
            key=f"{ABLATION_KEY}_block_{tag(config)}",
            bind="query-params",
            help="Block whose channels are ablated one after the other.",
        )
    number = blocks.index(block) + 1
    count, cost = results.ablation_count(trained, mnist, number)
    if cost > results.ENDLESS:
        st.caption(
            f"This chart would take {cost / 1e9:,.0f} billion multiplications "
            f"even on {count} images. Choose a later block or a smaller network."
        )
        return
    name = results.ablation_name(trained, mnist, number)
    asked: set[str] = st.session_state.setdefault(ASKED, set())
    if cost > results.QUICK and name not in asked:
        channels = config.channels[number - 1]
        st.button(
            f"Ablate all {channels} channels",
            icon=":material/play_arrow:",
            key=f"{ABLATION_KEY}_go",
            on_click=asked.add,
            args=(name,),
            help=f"Classifies {count:,} test images {channels} times; this takes some seconds.",
        )
        return
    whole, single = results.ablation(trained, mnist, number, count)
    fig = interval_columns(
        [right / count for right in single],
        [Proportion(right, count).interval for right in single],
        GREEN,
        x_title="ablated channel",
        whole=whole / count,
        whole_name="none ablated",
        hover="<b>without channel %{x}</b> %{y:.2%}, %{customdata[0]:+.2%} compared with all channels",
        customdata=[((right - whole) / count,) for right in single],
        height=280,
    )
    chart(fig, f"{ABLATION_KEY}_chart", still=True, alt=_describe(whole, single, count))
    st.caption(f"{_describe(whole, single, count)} Measured on {cached_results.which_images(mnist, count)}.")


def _describe(whole: int, single: list[int], count: int) -> str:
    worst = min(range(len(single)), key=single.__getitem__)
    spared = sum(right >= whole for right in single)
    lost = (whole - single[worst]) / count
    if lost <= 0:
        return "Ablating a single channel lowers the accuracy nowhere: the channels are redundant."
    sentence = f"Channel {worst} matters most: without it the accuracy falls by {points(lost)}."
    if len(single) > 1:
        sentence += f" {spared} of {len(single)} can be ablated, one at a time, without loss."
    return sentence


# What an edit does: to the image's probabilities, to the test accuracy, to each digit.


EFFECT_KEY = "cnn_change"


@dataclass(frozen=True, eq=False)
class EditedPredictions:
    """The digits (N,) that the trained and the edited network predict, and the true ones."""

    before: Tensor
    after: Tensor
    labels: Tensor


def effect(
    trained: TrainedNetwork, mnist: Mnist, seen: Subject, off: Off, kernels: results.Kernels
) -> EditedPredictions:
    """Before and after: one image, and a sample of test images, whose predictions it returns."""
    model = results.changed(trained, off, kernels)
    pair = [logits(network, seen.image[None]).softmax(1)[0] for network in (trained.model, model)]
    was, now = (int(shares.argmax()) for shares in pair)
    st.markdown(
        f"Predicted for this image: **{was}** ({probability(float(pair[0][was]))}), edited "
        + f"**{now}** ({probability(float(pair[1][now]))})"
    )
    fig = before_after_figure(pair[0].tolist(), pair[1].tolist(), names=("trained", "edited"), height=230)
    chart(fig.update_layout(margin_t=34), f"{EFFECT_KEY}_bars", still=True)
    everything = st.toggle(
        f"Measure on all {len(mnist.test):,} test images",
        key=f"{EFFECT_KEY}_all_{mnist.size}",
        bind="query-params",
        help="Slower. Otherwise an evenly spaced sample.",
    )
    count = results.measured_on(trained, mnist, everything)
    labels = results.sample(mnist, count).labels
    with st.spinner("Classifying all test images…") if everything else nullcontext():
        before = results.answers(trained, mnist, count, {}, {}).argmax(1)
        after = results.answers(trained, mnist, count, off, kernels).argmax(1)
    _accuracy(before, after, labels)
    st.caption(f"Measured on {cached_results.which_images(mnist, count)}. Whiskers: 95% intervals.")
    return EditedPredictions(before, after, labels)


def _accuracy(before: Tensor, after: Tensor, labels: Tensor) -> None:
    right = [int((answer == labels).sum()) for answer in (before, after)]
    shares = [count / len(labels) for count in right]
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Test accuracy",
            percent(shares[1], 2),
            f"{100 * (shares[1] - shares[0]):+.2f} points" if bool((before != after).any()) else None,
            width=140,
            help=f"Trained network: {percent(shares[0], 2)} on the same images. {BY_TEST}",
        )
        st.metric(
            "Predictions changed",
            f"{int((before != after).sum()):,}",
            width=140,
            help=f"Images out of {len(labels):,} with another prediction than before.",
        )
    fig = intervals(
        ["trained", "edited"],
        Accuracies(shares, [Proportion(count, len(labels)).interval for count in right], [GRAY, ORANGE]),
    )
    chart(fig.update_layout(height=130), f"{EFFECT_KEY}_accuracy", still=True)


def by_digit(found: EditedPredictions) -> None:
    """What the change costs each digit."""
    before, after, labels = found.before, found.after, found.labels
    st.markdown("**Accuracy by digit**")
    tables = [confusion(labels, answer) for answer in (before, after)]
    counts = tables[0].sum(1)
    shares = [(table.diagonal() / counts.clamp_min(1)).tolist() for table in tables]
    fig = digit_pairs_figure(shares[0], shares[1], counts.tolist(), height=270)
    chart(fig.update_layout(margin_t=34), f"{EFFECT_KEY}_digits", still=True)
    change = [now - was for was, now in zip(*shares, strict=True)]
    worst = min(range(10), key=change.__getitem__)
    best = max(range(10), key=change.__getitem__)
    sentence = f"The {worst} loses most: {100 * change[worst]:+.1f} points." if change[worst] < 0 else ""
    if change[best] > 0:
        sentence += f" The {best} gains: {100 * change[best]:+.1f} points."
    st.caption(sentence or "No digit is classified better or worse than before.")
