"""Tab: vectorization: the same gradient by a loop over the images and by matrix products, and their times."""

import time

import streamlit as st

from core.formatting import count, duration, number, ratio
from core.lessons.backprop.charts.gradients import FORM_COLORS, banded_figure
from core.lessons.backprop.loop_or_matrices import Form, Forms, compare, sweep, time_curve
from core.lessons.backprop.vanishing import network
from core.models.threads import one_thread
from pages.ui.kit.shell.cache import mnist, registry
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.widgets.cached_results import data_key
from pages.ui.kit.widgets.chart import chart

WORDS: dict[Form, str] = {"loop": "Loop", "matrices": "Matrices", "autograd": "Autograd"}
TURNS = 7  # of each form; their median counts
BUSY = " A network was training at the same time, so these times are too long."
ROUNDING = 1e-5  # relative difference below which float32's rounding explains everything

LOOP = """\
for x, y in zip(images, labels):
    # forward: one image x (784,)
    a_h = torch.sigmoid(x @ W_h + b_h)
    z_o = a_h @ W_o + b_o
    # backward: δ = ŷ − y
    delta = torch.softmax(z_o, dim=0)
    delta[y] -= 1
    dW_o += torch.outer(a_h, delta)
    db_o += delta
    # one layer down: times W, times σ′
    delta = (W_o @ delta) * a_h * (1 - a_h)
    dW_h += torch.outer(x, delta)
    db_h += delta
# the loss is a mean
for gradient in (dW_h, db_h, dW_o, db_o):
    gradient /= len(images)
"""
MATRICES = """\
N = len(images)
# forward: all images (N, 784)
a_h = torch.sigmoid(images @ W_h + b_h)
z_o = a_h @ W_o + b_o
# backward: δ = (ŷ − y) / N
delta = torch.softmax(z_o, dim=1)
delta[torch.arange(N), labels] -= 1
delta /= N
dW_o = a_h.T @ delta
db_o = delta.sum(dim=0)
# one layer down: times W, times σ′
delta = (delta @ W_o.T) * a_h * (1 - a_h)
dW_h = images.T @ delta
db_h = delta.sum(dim=0)
"""
AUTOGRAD = """\
tensors = [T.clone().requires_grad_() for T in (W_h, b_h, W_o, b_o)]
V_h, c_h, V_o, c_o = tensors
z_o = torch.sigmoid(images @ V_h + c_h) @ V_o + c_o
torch.nn.functional.cross_entropy(z_o, labels).backward()
dW_h, db_h, dW_o, db_o = [T.grad for T in tensors]
"""


@st.fragment
def loop_or_matrices() -> None:
    """One batch in every form, its times, and times over batch sizes."""
    with error_boundary():
        left, right = controls_and_stage(1.0, 2.4)
        with left:
            images, units = _controls()
        turn = st.session_state.get("manual_forms_turn", 0)
        with right, st.spinner("Measuring…", show_time=False):
            data = data_key(mnist())
            (found, busy), (curve, busy_too) = _measure(data, images, units, turn), _sweep(data, units, turn)
            _times(found)
            chart(
                banded_figure(
                    [forms.images for forms in curve],
                    {word: time_curve(curve, form) for form, word in WORDS.items()},
                    {word: FORM_COLORS[form] for form, word in WORDS.items()},
                    x_title="batch size",
                    y_title="time per batch (ms)",
                    log_x=True,
                    hover="%{y:.3g} ms",
                ),
                "manual_forms_chart",
                alt=f"Time per batch against batch size. {_growth(curve)}",
            )
            st.caption(
                f"Lines: median of {TURNS} runs. Bands: interquartile range. {_growth(curve)}"
                f"{BUSY if busy or busy_too else ''}"
            )
            _agreement(found)
        st.markdown("### The same formula, as a loop and with matrices")
        one, other = st.columns(2, gap="medium")
        with one:
            st.markdown("**Loop**: one image at a time")
            st.code(LOOP, language="python")
        with other:
            st.markdown("**Matrices**: the whole batch at once")
            st.code(MATRICES, language="python")
        with st.expander("Why is the loop slower?", icon=":material/help:"):
            st.markdown(
                "Every line is a call into PyTorch with an overhead of some microseconds, and the loop makes each call "
                "once per image. It also builds a 784 × units matrix for every image, only to add it up: "
                "`images.T @ delta` is the same sum as one matrix product, which reuses each number in the cache."
            )
        with st.expander("Show the code", icon=":material/code:"):
            st.markdown("Autograd, for comparison: it derives the backward pass of the matrix form.")
            st.code(AUTOGRAD, language="python")


def _controls() -> tuple[int, int]:
    images = st.slider(
        "Batch size",
        1,
        256,
        128,
        key="manual_forms_images",
        bind="query-params",
        help="Images per gradient. The loop processes them one by one.",
    )
    units = st.select_slider(
        "Hidden units",
        (10, 30, 100, 300),
        100,
        key="manual_forms_units",
        bind="query-params",
        help="Width of the hidden layer of 784 → units → 10, sigmoid.",
    )
    st.button(
        "Measure again",
        icon=":material/timer:",
        key="manual_forms_again",
        width="stretch",
        on_click=_again,
        help="Times vary from run to run: measure all of them again.",
    )
    st.caption("First training images, initial weights, float32, one thread. The three forms are timed in turn.")
    return int(images), int(units)


def _again() -> None:
    """Callback: a turn that no session has had, for what was measured is kept for all of them."""
    st.session_state["manual_forms_turn"] = time.time_ns()


def _times(found: Forms) -> None:
    with st.container(horizontal=True, gap="large"):
        for form, word in WORDS.items():
            took = found.times[form]
            st.metric(
                word,
                duration(took.median),
                width="content",
                help=f"Median of {TURNS} runs; interquartile range {duration(took.low)} to {duration(took.high)}.",
            )
    images = count(found.images, "image")
    st.markdown(
        f"For {images} the loop takes **{ratio(found.slower['loop'])}** as long as the matrix form, autograd "
        f"**{ratio(found.slower['autograd'])}**."
    )


def _growth(curve: list[Forms]) -> str:
    """What growing from the smallest to the largest batch does to two of the forms, in words."""
    first, last = curve[0], curve[-1]
    loop, matrices = (last.times[form].median / first.times[form].median for form in ("loop", "matrices"))
    return (
        f"From batch size {first.images} to {last.images} the loop's time grows {ratio(loop)}, that of the matrix "
        f"form {ratio(matrices)}."
    )


def _agreement(found: Forms) -> None:
    """The proof, tensor by tensor."""
    worst = max(size for sizes in found.differences.values() for size in sizes.values())
    if worst < ROUNDING:
        verdict = (
            f"**All three give the same gradient.** Largest relative difference: {number(worst, 2)}, the rounding of "
            "float32 (about 6 × 10⁻⁸ per number) in sums of different order."
        )
    else:
        gap = number(worst, 2)
        verdict = f"**The gradients differ**: relative difference {gap}, more than rounding explains."
    st.markdown(verdict)
    names = list(found.differences["loop"])
    rows = [
        f"| {WORDS[form]} | " + " | ".join(_unbroken(number(sizes[name], 2)) for name in names) + " |"
        for form, sizes in found.differences.items()
    ]
    head = f"| Difference from the matrix form | {' | '.join(_symbol(name) for name in names)} |"
    with st.expander("Relative difference ‖a − b‖ / ‖b‖ of each tensor", icon=":material/table:"):
        st.markdown("\n".join([head, "|---|" + "---|" * len(names), *rows]))


def _unbroken(text: str) -> str:
    """The minus of an exponent is no place to break a line."""
    return text.replace("-", "\N{NON-BREAKING HYPHEN}")


def _symbol(name: str) -> str:
    """W1 → Wₕ: the slides' names for two layers, in letters that a screen reader finds in a table's head."""
    return f"*{name[0]}*{'ₕ' if name[1] == '1' else 'ₒ'}"


@st.cache_resource(show_spinner=False, max_entries=60)
@one_thread()
def _measure(data: str, images: int, units: int, turn: int) -> tuple[Forms, bool]:
    """The forms, and whether a network was training beside them."""
    digits = mnist().train
    layers = network("sigmoid", "pytorch", 1, units, seed=0)
    busy = _busy()
    x, labels = digits.images[:images].flatten(1), digits.labels[:images]
    return compare(layers, "sigmoid", x, labels, repetitions=TURNS), busy or _busy()


@st.cache_resource(show_spinner=False, max_entries=20)
@one_thread()
def _sweep(data: str, units: int, turn: int) -> tuple[list[Forms], bool]:
    digits = mnist().train
    layers = network("sigmoid", "pytorch", 1, units, seed=0)
    busy = _busy()
    x, labels = digits.images[:256].flatten(1), digits.labels[:256]
    return sweep(layers, "sigmoid", x, labels, repetitions=TURNS), busy or _busy()


def _busy() -> bool:
    return bool(registry().slots.running)
