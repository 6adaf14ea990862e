"""The epoch slider, its play button, and all that moves with them."""

import math
import time
from dataclasses import dataclass

import streamlit as st
from torch import Tensor

from core.charts.heatmaps import confusion_figure
from core.config.proportion import Proportion
from core.data.digits import Mnist
from core.formatting import count, interval, percent
from core.lessons.cnn.charts.maps import kernel_grid_figure, map_strip
from core.lessons.cnn.charts.training import moved_figure
from core.lessons.cnn.kernels import in_bytes, maps, moved
from core.lessons.cnn.kernels import kernels as kernels_of
from core.models.evaluation import logits
from core.models.threads import one_thread
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn import weight_history as kept
from pages.ui.cnn.weight_history import Moment, moments
from pages.ui.kit.network.image_picker import Subject
from pages.ui.kit.network.prediction import show_prediction
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.training.accuracy_line import BY_TEST
from pages.ui.kit.widgets import cached_results
from pages.ui.kit.widgets.chart import chart

MAPS, IN_A_ROW = 16, 8  # feature maps of a layer shown


@dataclass(frozen=True, eq=False)
class Choice:
    """What to look at: a layer, some of its input and output channels, the change or the weights, on one
    scale or each kernel on its own, and which image goes through the network."""

    layer: str
    inputs: range
    outputs: range
    change: bool
    common: bool
    image: Subject


def stage(trained: TrainedNetwork, mnist: Mnist, choice: Choice) -> None:
    """A part that reruns alone, and by itself while it plays."""
    shown = moments(trained)
    labels = [moment.label for moment in shown]
    key = kept.slider_key(shown)
    ticking = playing(key) is not None

    @st.fragment(run_every=PACE if ticking else None)
    @one_thread()
    def body() -> None:
        with error_boundary():
            if ticking:
                turn(key, labels)
            _show(trained, mnist, choice, shown, shown[_slider(labels, key)])
        if (playing(key) is not None) != ticking:  # even where something failed: it must come to an end
            st.rerun()  # once more with all around it: it turns by itself now, or no longer

    body()


def _slider(labels: list[str], key: str) -> int:
    going = playing(key)
    on = going is not None and not going.ending
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            "Pause" if on else "Play",
            key="cnn_kernels_play",
            on_click=press,
            args=(key, labels),
            icon=":material/pause:" if on else ":material/play_arrow:",
            help="Stop here." if on else "Play the epochs, from the beginning if it stands at the end.",
        )
        label = st.select_slider(
            "Epoch",
            labels,
            value=labels[-1],
            key=key,
            bind="query-params",
            on_change=moved_by_hand,
            args=(key, labels),
            help="Passes over the training images so far. At epoch 0 the kernels are random.",
        )
    return labels.index(label)


def _show(trained: TrainedNetwork, mnist: Mnist, choice: Choice, shown: list[Moment], moment: Moment) -> None:
    with st.spinner("Classifying the test images…", show_time=False):
        table = kept.table_at(trained, moment, mnist)
    _accuracy(trained, mnist, moment, table)
    _kernels(trained, choice, shown, moment)
    if table is None:
        _path(trained, moment)
        return
    st.markdown(f"**Feature maps of {_whose(choice.image)}**")
    _maps(trained, choice, moment)
    answer, path = st.columns([1.2, 1], gap="medium")
    with answer:
        model = kept.network_at(trained, moment)
        show_prediction(logits(model, choice.image.image.unsqueeze(0))[0].softmax(0), "cnn_kernels_reading")
        if choice.image.label is not None:
            st.caption(f"True label: {choice.image.label}.")
    with path:
        _path(trained, moment)
    with st.expander("Confusion matrix", icon=":material/grid_on:"):
        chart(confusion_figure(table, height=340), "cnn_kernels_confusion", still=True, alt=_correct(table))
        st.caption("Brighter: more mistakes. Diagonal: classified correctly.")


def _correct(table: Tensor) -> str:
    return f"Confusion matrix: {int(table.diagonal().sum()):,} of {int(table.sum()):,} test images on the diagonal."


def _moved_most(lines: dict[str, list[float]]) -> str:
    most = max(lines, key=lambda name: lines[name][-1])
    return f"Change since initialization: {most} changed most, by {percent(lines[most][-1], 0)} of its initial norm."


def _whose(image: Subject) -> str:
    return "your drawing" if image.label is None else f"this {image.label}"


def _accuracy(trained: TrainedNetwork, mnist: Mnist, moment: Moment, table: Tensor | None) -> None:
    if table is None:
        st.warning("At this epoch the outputs are NaN: training diverged.", icon=":material/trending_up:")
        return
    n, correct = int(table.sum()), int(table.diagonal().sum())
    low, high = Proportion(correct, n).interval
    with st.container(horizontal=True, gap="small"):
        st.metric(
            "Test accuracy",
            percent(correct / n, 2),
            width=125,
            help=f"Share of test images classified correctly. {BY_TEST}",
        )
        st.metric(
            "95% interval",
            interval(low, high),
            width=185,
            help="Range in which the accuracy on infinitely many such images lies (Wilson interval).",
        )
        st.metric("Mistakes", f"{n - correct:,} of {n:,}", width=150, help="Test images misclassified.")
    spaced = " (evenly spaced)" if n < len(mnist.test) else ""
    measured = f"Measured on {cached_results.which_images(mnist, n)}{spaced}."
    st.caption(f"{measured} {_exactness(trained, mnist, moment)}")


def _exactness(trained: TrainedNetwork, mnist: Mnist, moment: Moment) -> str:
    """What the weight history left out at this epoch, said and measured on the network itself."""
    if not in_bytes(moment.weights):
        return ""
    sentence = "The weight history stores kernels exactly and the linear layers in 8 bits per weight"
    itself, rounded = kept.network_table(trained, mnist), kept.network_table(trained, mnist, kept=True)
    if itself is None or rounded is None:
        return f"{sentence}."
    n = int(itself.sum())
    exact, eight_bit = (100 * int(table.diagonal().sum()) / n for table in (itself, rounded))
    if eight_bit == exact:
        return f"{sentence}. For the trained network that changes nothing: {exact:.2f}% either way."
    return f"{sentence}. For the trained network the accuracy is {eight_bit:.2f}% instead of {exact:.2f}%."


def _kernels(trained: TrainedNetwork, choice: Choice, shown: list[Moment], moment: Moment) -> None:
    now, start = (kernels_of(at.weights, choice.layer) for at in (moment, shown[0]))
    values = now - start if choice.change else now
    inputs, outputs = list(choice.inputs), list(choice.outputs)
    part = values[inputs][:, outputs]
    whole = values.shape[0] * values.shape[1]
    count = len(inputs) * len(outputs)
    side = f"{values.shape[2]} × {values.shape[3]}"
    what = "Change of the" if choice.change else "The"
    shown_of = f"{whole:,}" if count == whole else f"{count:,} of {whole:,}"
    st.markdown(f"**{what} kernels of {choice.layer}**: {shown_of}, {side} each")
    top = kept.largest(trained, choice.layer, choice.change) if choice.common else None
    fig = kernel_grid_figure(part, inputs=inputs, outputs=outputs, top=top)
    chart(fig, f"cnn_kernels_grid_{choice.layer}", still=True)
    scale = f"full color at ±{top:.2g} at every epoch" if top else "one scale per kernel"
    went = moved(now, start)
    if math.isfinite(went):
        scale += f". Change of this layer since initialization: {percent(went, 0)} of the initial norm"
    st.caption(f"Orange: above zero, blue: below; {scale}.")


def _maps(trained: TrainedNetwork, choice: Choice, moment: Moment) -> None:
    """A strip of small maps for every convolution."""
    for name, found in maps(kept.network_at(trained, moment), choice.image.image).items():
        few = found[:MAPS]
        shown = f"the first {len(few)} of " if len(few) < len(found) else ""
        size = f"{found.shape[1]} × {found.shape[2]}"
        st.caption(f"{name}: {shown}{count(len(found), 'map')}, {size}, before the activation")
        values = few.numpy()
        columns = min(IN_A_ROW, len(few))
        st.image(
            map_strip(values, tops=float(abs(values).max()), signed=True, columns=columns, width=84 * columns),
            alt=f"{len(few)} maps of {name} for {_whose(choice.image)}",
        )


def _path(trained: TrainedNetwork, moment: Moment) -> None:
    """How far every convolution went, over the epochs."""
    st.markdown("**Change of the kernels since initialization**")
    if len(trained.weight_history) < 2:
        st.caption("This run kept no weight history: there are only its first and its last weights.")
        return
    epochs, lines = kept.paths(trained)
    if not any(value for line in lines.values() for value in line if value == value):
        st.caption("No change: this network trains only the layers after its convolutions.")
        return
    chart(
        moved_figure(epochs, lines, now=moment.epoch, height=260),
        "cnn_kernels_path",
        still=True,
        alt=_moved_most(lines),
    )
    st.caption("‖W − W₀‖ / ‖W₀‖ with W₀ the initial kernels of a layer.")


# Runs a slider through its places by itself, one a tick of the fragment it lives in; it can be stopped.
#
# The browser may answer a tick with the slider's place of a moment ago, and st.rerun reads the address as it
# was before this run. So the place is kept here, a play moves on only once the browser has answered with the
# place it is at, and it ends only in a run that moves nothing itself.


PLAY = "cnn_play"
PACE = 0.9  # seconds a place stays


@dataclass
class Play:
    """The slider of key `key` at place `at` since `turned` (seconds), before that at `before`.

    ending: it is being stopped. announced: whether the browser was told the place since a hand took the slider.
    """

    key: str
    at: int
    before: int
    turned: float
    ending: bool = False
    announced: bool = True


def playing(key: str) -> Play | None:
    """The play of that slider, if it is going on."""
    play = st.session_state.get(PLAY)
    return play if isinstance(play, Play) and play.key == key else None


def turn(key: str, labels: list[str]) -> None:
    """Call it before the slider is drawn: moves on when the place has stood long enough, ends at the last."""
    play = playing(key)
    if play is None:
        return
    now = time.monotonic()
    if not play.announced or st.session_state.get(key, labels[-1]) != labels[play.at]:
        st.session_state[key], play.turned, play.announced = labels[play.at], now, True
    elif play.ending:
        st.session_state.pop(PLAY)
    elif now - play.turned >= 0.8 * PACE:
        if play.at + 1 == len(labels):
            st.session_state.pop(PLAY)
            return
        play.before, play.at, play.turned = play.at, play.at + 1, now
        st.session_state[key] = labels[play.at]


def press(key: str, labels: list[str]) -> None:
    """Callback of the button: pause, or go on; from the start if the last place is on the screen."""
    play = playing(key)
    if play is not None:
        play.ending, play.turned = not play.ending, time.monotonic()
        return
    at = labels.index(st.session_state.get(key, labels[-1]))
    first = 0 if at == len(labels) - 1 else at
    st.session_state[PLAY] = Play(key, first, at, time.monotonic())


def moved_by_hand(key: str, labels: list[str]) -> None:
    """Callback of the slider: whoever takes it wants to look, so the play ends there.

    A place that was on the screen a moment ago is the browser's late answer, not a hand.
    """
    play = playing(key)
    if play is None:
        return
    at = labels.index(st.session_state[key])
    if at not in (play.at, play.before):
        play.before, play.at, play.ending, play.announced = play.at, at, True, False
