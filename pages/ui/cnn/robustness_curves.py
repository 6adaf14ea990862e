"""Accuracy over the test images against the strength of a change, for every network at hand."""

import time

import streamlit as st

from core.charts.evaluation_curves import StrengthCurve, strength_curves_figure
from core.config.run import CNNConfig
from core.data.digits import Digits, Mnist
from core.data.splits import every_kth
from core.formatting import count, duration, percent, points
from core.lessons.cnn.conv_cost import multiplications
from core.lessons.cnn.transforms import TRANSFORMS, accuracy_against_strength
from core.models.evaluation import Score
from core.models.threads import one_thread
from core.models.trained_network import TrainedNetwork
from core.storage.checkpoints import shipped
from pages.ui.kit.network.compared_networks import THIS, above, color_of
from pages.ui.kit.shell.cache import shipped_model
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets import cached_results
from pages.ui.kit.widgets.chart import chart

LINEUP = ("cnn-lab", "cnn-bn", "cnn-nobn", "mlp-deep", "mlp-module", "mlp-autograd", "linear-softmax")
SAMPLE = 1000  # test images, until all are asked for
FEWEST, WORK = 200, 1e11  # a very large network gets a smaller sample: multiplications a curve may take
PATIENCE = 0.4  # seconds of measuring before the chart is drawn again

FAILED = "cnn_shake_failed"  # session key of what could not be measured
Scores = dict[tuple[str, float], Score]


def strength_curves(trained: TrainedNetwork, mnist: Mnist, how: str, strength: float) -> None:
    """The chart grows while it is measured, a few points at a time; what was measured is kept."""
    transform = TRANSFORMS[how]
    networks = _networks(trained)
    few = sample_size(trained, mnist)
    whole = few < len(mnist.test) and st.toggle(
        f"All {len(mnist.test):,} test images",
        key=f"cnn_shake_all_{mnist.size}",
        bind="query-params",
        help=f"A sample of {few:,} takes some seconds; all of them take "
        f"{len(mnist.test) / few:.0f} times as long and give narrower intervals.",
    )
    count = len(mnist.test) if whole else few
    kept = _kept(cached_results.data_key(mnist), how, count)
    wanted = len(networks) * len(transform.strengths)

    def done() -> int:
        return sum((network.key, s) in kept for network in networks for s in transform.strengths)

    begun, so_far = time.monotonic(), done()
    looks: list[int] = []  # points known at each drawing; the first is part of the whole tab's
    asked = (trained.key, cached_results.data_key(mnist), how, count)
    failed = st.session_state.get(FAILED) == asked  # then it no longer looks again by itself

    @st.fragment(run_every=None if so_far == wanted or failed else 0.2)
    @one_thread()
    def body() -> None:
        fine, now = False, done()
        looks.append(now)
        with error_boundary():
            _chart(trained, networks, how, strength, kept)
            if now < wanted:
                st.progress(now / wanted, text=_progress(now, wanted, now - so_far, time.monotonic() - begun))
            else:
                _describe(trained, networks, how, strength, kept)
            spaced = ", evenly spaced" if count < len(mnist.test) else ""
            st.caption(
                f"On {cached_results.which_images(mnist, count)}{spaced}. Bands: 95% intervals. Dotted: "
                "chosen strength, and chance level (10%)."
            )
            if now < wanted:  # last, so that nothing on the screen waits for it; the next look shows it
                _measure(networks, every_kth(mnist.test, count), how, kept)
            fine = True
        if fine == failed:  # it has just failed, or works again
            st.session_state[FAILED] = None if fine else asked
            st.rerun()
        if fine and now == wanted and len(looks) > 1:
            st.rerun()  # the page without a part that looks again by itself

    body()


def _progress(now: int, wanted: int, new: int, seconds: float) -> str:
    """How far it is, and how long it will take at the pace so far."""
    left = f", about {duration((wanted - now) * seconds / new)} left" if new else ""
    return f"Measured {now} of {wanted} points{left}"


def _measure(networks: list[TrainedNetwork], digits: Digits, how: str, kept: Scores) -> None:
    """Measure for a moment; at least one point."""
    models = {network.key: network.model for network in networks}
    end = time.monotonic() + PATIENCE
    for key, strength, score in accuracy_against_strength(models, digits, TRANSFORMS[how], kept):
        kept[key, strength] = score
        if time.monotonic() > end:
            break


def _chart(trained: TrainedNetwork, networks: list[TrainedNetwork], how: str, strength: float, kept: Scores) -> None:
    transform = TRANSFORMS[how]
    curves = []
    for network in networks:
        at = [s for s in transform.strengths if (network.key, s) in kept]
        scores = [kept[network.key, s] for s in at]
        curves.append(
            StrengthCurve(
                name=network.title,
                strengths=at,
                accuracy=[score.accuracy for score in scores],
                low=[score.ci95[0] for score in scores],
                high=[score.ci95[1] for score in scores],
                color=color_of(network),
                dash="solid" if _convolutional(network) else "dot",
                main=network.key == trained.key,
            )
        )
    fig = strength_curves_figure(
        curves,
        x_title=f"{transform.title.lower()} ({transform.unit})",
        x_range=(transform.low, transform.high),
        marked=strength,
    )
    chart(fig, "cnn_shake_curves")


def _describe(trained: TrainedNetwork, networks: list[TrainedNetwork], how: str, strength: float, kept: Scores) -> None:
    """What convolution and pooling gain at the strength nearest to the slider's, from the numbers."""
    transform = TRANSFORMS[how]
    near = transform.nearest(strength)
    at = {network.title: kept[network.key, near] for network in networks}
    kinds = (
        ("convolutional (solid)", [network.title for network in networks if _convolutional(network)]),
        ("fully connected (dotted)", [network.title for network in networks if not _convolutional(network)]),
    )
    where = "Clean" if near == transform.none else f"At {amount(how, near)}"
    groups = "; ".join(
        f"{kind}: " + ", ".join(f"{name} **{percent(at[name].accuracy)}**" for name in names)
        for kind, names in kinds
        if names
    )
    st.markdown(f"{where}, {groups}.")
    if near == transform.none:
        return
    first, rival = (max(names, key=lambda name: at[name].accuracy) for _, names in kinds)
    st.markdown(gained(first, at[first], rival, at[rival]) + _own(trained, networks, at, first, rival))
    st.caption(
        "The networks also differ in size and training, so the gap is not due to convolution and "
        "pooling alone. None was trained on transformed images."
    )


def gained(name: str, score: Score, rival: str, other: Score) -> str:
    """The best convolutional and the best other network, in a sentence that follows from their intervals."""
    gap = score.accuracy - other.accuracy
    (low, high), (other_low, other_high) = score.ci95, other.ci95
    pair = f"best against best, {name} is {points(abs(gap))}"
    if low > other_high:
        return f"Convolution and pooling help here: {pair} more accurate than {rival}."
    if high < other_low:
        return f"Convolution and pooling do not help here: {pair} less accurate than {rival}."
    return f"No clear difference: {pair} {'more' if gap >= 0 else 'less'} accurate than {rival}; intervals overlap."


def _own(trained: TrainedNetwork, networks: list[TrainedNetwork], at: dict[str, Score], first: str, rival: str) -> str:
    """The network looked at beside the best fully connected one, where it is not the best itself."""
    own = next(network.title for network in networks if network.key == trained.key)
    if own in (first, rival):
        return ""
    gap = at[own].accuracy - at[rival].accuracy
    return (
        f" {own.capitalize() if own == THIS else own} is {points(abs(gap))} "
        f"{'more' if gap >= 0 else 'less'} accurate than {rival}."
    )


def _networks(trained: TrainedNetwork) -> list[TrainedNetwork]:
    """The pretrained networks, and the one looked at where it is none of them."""
    found = [shipped_model(name) for name in LINEUP if name in shipped()]
    return found if trained.key in {network.key for network in found} else [above(trained), *found]


def _convolutional(network: TrainedNetwork) -> bool:
    return isinstance(network.config.model, CNNConfig)


def sample_size(trained: TrainedNetwork, mnist: Mnist) -> int:
    """How many test images a curve of this network may take while somebody waits."""
    fitting = SAMPLE
    if isinstance(trained.config.model, CNNConfig):
        longest = max(len(transform.strengths) for transform in TRANSFORMS.values())
        fitting = int(WORK / (longest * max(1, multiplications(trained.config.model))))
    return min(len(mnist.test), max(FEWEST, min(SAMPLE, fitting)))


@st.cache_resource(max_entries=24, show_spinner=False)
def _kept(data: str, how: str, count: int) -> Scores:
    """Everything measured so far for a kind of change on these images: one dictionary for all sessions."""
    return {}


# The strength of a change in words.


def amount(how: str, strength: float) -> str:
    """For example "3 pixels to the left", from a name in TRANSFORMS and a strength."""
    size = abs(strength)
    pixels = count(size, "pixel")
    words = {
        "shift-across": f"{pixels} to the {'left' if strength < 0 else 'right'}",
        "shift-down": f"{pixels} {'up' if strength < 0 else 'down'}",
        "scale": f"{strength:g} times the size",
        "rotate": f"{size:g} degrees {'clockwise' if strength < 0 else 'counterclockwise'}",
        "noise": f"noise of standard deviation {strength:g}",
        "thickness": f"strokes {pixels} {'thinner' if strength < 0 else 'thicker'} on either side",
    }
    return words[how]
