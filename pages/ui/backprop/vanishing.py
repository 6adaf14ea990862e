"""Tab: the size of the gradient at each layer of a deep network, by activation function and initialization."""

import math
from collections.abc import Sequence

import streamlit as st

from core.charts.intervals import Accuracies, intervals
from core.config.errors import LabError
from core.config.escaping import escaped
from core.config.run import Activation, Initialization
from core.formatting import number, percent, ratio
from core.lessons.backprop.charts.gradients import ACTIVATION_COLORS, banded_figure
from core.lessons.backprop.vanishing import (
    ACTIVATIONS,
    MADE_FOR,
    SEEDS,
    Band,
    band,
    first_layer,
    over_seeds,
    steepest,
    train_for_a_pass,
)
from core.models.threads import one_thread
from core.training.short_training import ShortScore
from pages.ui.kit.shell.cache import mnist
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.kept_button import kept_button

WORDS: dict[Activation, str] = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}
STARTS: dict[str, Initialization | None] = {
    "Matched to the activation": None,
    "PyTorch's default": "pytorch",
    "Standard normal": "normal",
}
DEPTHS = (1, 2, 3, 4, 6, 8, 10)
renamed("manual_van_start", {"Made for it": "Matched to the activation"})

CODE = """\
def gradient_sizes(depth, width, sigma, derivative, spread):
    sizes = [784] + [width] * depth + [10]
    layers = [torch.randn(a, b) * spread(a, b) for a, b in zip(sizes, sizes[1:])]
    a, z = [], []
    for W in layers:                                     # forward, biases left out
        a.append(sigma(z[-1]) if z else images)
        z.append(a[-1] @ W)
    delta = torch.softmax(z[-1], dim=1)
    delta[torch.arange(len(labels)), labels] -= 1
    delta /= len(labels)
    found = []
    for i in reversed(range(len(layers))):               # backward
        found.append((a[i].T @ delta).square().mean().sqrt().item())
        if i > 0:                                        # one layer down: times W, times σ′(z)
            delta = delta @ layers[i].T * derivative(z[i - 1])
    return found[::-1]                                   # first layer first

xavier = lambda a, b: (2 / (a + b)) ** 0.5
sigmoid_derivative = lambda z: torch.sigmoid(z) * (1 - torch.sigmoid(z))   # at most 1/4
gradient_sizes(8, 64, torch.sigmoid, sigmoid_derivative, xavier)
"""


@st.fragment
@one_thread()
def vanishing() -> None:
    """Gradients by layer and by depth for three activation functions, and whether such a network learns."""
    with error_boundary():
        left, right = controls_and_stage(1.0, 2.4)
        with left:
            depth, width, images, start, passed = _controls()
        with right:
            gradients, outputs = _sizes(_data(), start, depth, width, images)
            words = _story(gradients)
            _by_layer(gradients, "RMS of ∂L/∂W", "manual_van_layers", words)
            st.markdown(words)
            if passed:
                st.markdown("**Activations by layer**")
                words = "RMS of each layer's activations; the last value is that of the logits."
                _by_layer(outputs, "RMS of the activations", "manual_van_outputs", words)
                st.caption(words)
            st.markdown("**Gradient at the first layer against depth**")
            chart(
                banded_figure(
                    DEPTHS,
                    _named(_depths(_data(), start, width, images)),
                    _colors(),
                    x_title="hidden layers",
                    y_title="RMS of ∂L/∂W, first layer",
                    height=290,
                ),
                "manual_van_depths",
                alt="RMS of the first layer's gradient against the number of hidden layers, by activation function.",
            )
            _learning(depth, width, start)
        with st.expander("Why does the gradient vanish?", icon=":material/help:"):
            slopes = ", ".join(f"{WORDS[name]} {steepest(name):.3g}" for name in ACTIVATIONS)
            st.markdown(
                "Going backward through a layer multiplies the error by its weights and by the derivative of the "
                r"activation function: $\delta \leftarrow (\delta W^\top)\odot\sigma'(z)$. Largest derivatives: "
                f"{slopes}. After many layers the gradient is a product of many such factors. Xavier initialization "
                "keeps the variance of the signals constant where σ′(0) = 1, as for tanh; He initialization doubles "
                "the variance of the weights, because ReLU sets about half of its units to 0."
            )
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _controls() -> tuple[int, int, int, str, bool]:
    depth = st.slider(
        "Hidden layers",
        1,
        10,
        8,
        key="manual_van_depth",
        bind="query-params",
        help="Layers between the pixels and the output layer.",
    )
    start = st.radio(
        "Weight initialization",
        list(STARTS),
        key="manual_van_start",
        bind="query-params",
        captions=["Xavier for sigmoid and tanh, He for ReLU", "uniform, ±1/√inputs", "torch.randn"],
        help="The distribution of the weights before training.",
    )
    width = st.select_slider(
        "Units per hidden layer",
        (16, 32, 64, 128),
        64,
        key="manual_van_width",
        bind="query-params",
        help="All hidden layers are equally wide.",
    )
    images = st.select_slider(
        "Batch size",
        (16, 64, 256),
        64,
        key="manual_van_images",
        bind="query-params",
        help="The gradient is that of the mean loss over this many training images.",
    )
    passed = st.toggle(
        "Show activations by layer",
        key="manual_van_passed",
        bind="query-params",
        help="The RMS of the activations in the forward pass: the gradient also shrinks where they shrink.",
    )
    st.caption(f"Lines: geometric mean over seeds {SEEDS[0]} to {SEEDS[-1]}. Bands: minimum to maximum.")
    return int(depth), int(width), int(images), str(start), bool(passed)


def _by_layer(bands: dict[Activation, Band], y_title: str, key: str, words: str) -> None:
    layers = range(1, len(next(iter(bands.values())).mean) + 1)
    chart(
        banded_figure(layers, _named(bands), _colors(), x_title="layer, from input to output", y_title=y_title),
        key,
        alt=words,
    )


def _story(bands: dict[Activation, Band]) -> str:
    """First layer against last, in words for each activation."""
    parts = []
    for activation, found in bands.items():
        first, last = found.mean[0], found.mean[-1]
        name = f"**{WORDS[activation]}**"
        if not (math.isfinite(first) and math.isfinite(last) and first > 0 and last > 0):
            parts.append(f"{name} 0 (underflow in float32)")
        elif first < last:
            parts.append(f"{name} {number(first, 2)}, {ratio(last / first)} smaller than at the last layer")
        else:
            parts.append(f"{name} {number(first, 2)}, {ratio(first / last)} larger than at the last layer")
    return "RMS of the gradient at the first layer: " + "; ".join(parts) + "."


def _learning(depth: int, width: int, start: str) -> None:
    asked = (depth, width, start, _data())
    images = min(10_000, len(mnist().train))
    pressed = kept_button(
        "Train all three",
        icon=":material/play_arrow:",
        type="primary",
        key="manual_van_learn",
        help=f"Train the three networks of the chosen depth for one epoch on {images:,} images.",
    )
    if pressed:
        st.session_state["manual_van_learned"] = asked
    if st.session_state.get("manual_van_learned") != asked:
        st.caption(f"Do they learn? One epoch on {images:,} images, SGD, learning rate 0.1, batch size 64.")
        return
    try:
        results = _learned(depth, width, start)
    except LabError as error:
        st.info(escaped(str(error), "page"), icon=":material/info:")
        return
    ended = [(name, r) for name, r in zip(ACTIVATIONS, results, strict=True) if not r.diverged]
    if ended:  # a diverged network has no accuracy: the words below name it
        chart(
            intervals(
                [WORDS[name] for name, _ in ended],
                Accuracies(
                    [r.accuracy or 0.0 for _, r in ended],
                    [r.ci95 for _, r in ended],
                    [ACTIVATION_COLORS[name] for name, _ in ended],
                ),
            ),
            "manual_van_accuracy",
            still=True,
            alt=verdict(results),
        )
    st.markdown(verdict(results))
    st.caption(
        f"Test accuracy after one epoch on {images:,} images, seed 1. Error bars: 95% interval on "
        f"{results[0].n:,} test images. Dotted: chance level (10%)."
    )


def verdict(results: Sequence[ShortScore]) -> str:
    """What the bars show."""
    learned, chance = [], []
    for name, result in zip(ACTIVATIONS, results, strict=True):
        accuracy = result.accuracy or 0.0
        if result.diverged:
            chance.append(f"{WORDS[name]} diverged (loss became NaN)")
        elif accuracy < 0.2:
            chance.append(f"{WORDS[name]} is at chance level ({percent(accuracy)})")
        else:
            learned.append(f"{WORDS[name]} reaches {percent(accuracy)}")
    words = "; ".join([*learned, *chance])
    return f"{words[:1].upper()}{words[1:]}."


def _named(bands: dict[Activation, Band]) -> dict[str, Band]:
    return {WORDS[name]: found for name, found in bands.items()}


def _colors() -> dict[str, str]:
    return {WORDS[name]: ACTIVATION_COLORS[name] for name in ACTIVATIONS}


def _data() -> str:
    """Changes when the data in use change."""
    data = mnist()
    return f"{data.source}-{len(data.train)}"


def _init(activation: Activation, start: str) -> Initialization:
    return STARTS[start] or MADE_FOR[activation]


@st.cache_resource(show_spinner=False, max_entries=100)
@one_thread()
def _sizes(
    of: str, start: str, depth: int, width: int, images: int
) -> tuple[dict[Activation, Band], dict[Activation, Band]]:
    """(gradients, what is passed on) by layer for each activation."""
    digits = mnist().train
    x, labels = digits.images[:images].flatten(1), digits.labels[:images]
    found = {name: over_seeds(x, labels, name, _init(name, start), depth, width) for name in ACTIVATIONS}
    return (
        {name: band([sizes.gradients for sizes in rows]) for name, rows in found.items()},
        {name: band([sizes.activations for sizes in rows]) for name, rows in found.items()},
    )


@st.cache_resource(show_spinner=False, max_entries=40)
@one_thread()
def _depths(of: str, start: str, width: int, images: int) -> dict[Activation, Band]:
    digits = mnist().train
    x, labels = digits.images[:images].flatten(1), digits.labels[:images]
    return {name: first_layer(x, labels, name, _init(name, start), DEPTHS, width) for name in ACTIVATIONS}


def _learned(depth: int, width: int, start: str) -> list[ShortScore]:
    """What was measured with these settings, or is now, with a bar that fills meanwhile."""
    kept = _kept(_data())
    if (depth, width, start) not in kept:
        starts = [(name, _init(name, start)) for name in ACTIVATIONS]
        place = st.empty()

        def report(share: float) -> None:
            place.progress(share, "Training three networks…")

        report(0.0)
        try:
            found = train_for_a_pass(mnist().train, mnist().test, starts, depth=depth, width=width, progress=report)
        finally:
            place.empty()
        kept[depth, width, start] = found
    return kept[depth, width, start]


@st.cache_resource(show_spinner=False, max_entries=4)
def _kept(of: str) -> dict[tuple[int, int, str], list[ShortScore]]:
    """All results so far on these digits, by whomever. Filled outside: what is cached draws nothing."""
    return {}
