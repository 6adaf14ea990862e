"""Momentum in its two forms: the same, until the learning rate changes."""

import streamlit as st

from core.formatting import number, percent
from core.lessons.backprop.charts.training import parting_figure
from core.lessons.backprop.two_momenta import TwoMomenta, compare
from core.models.threads import one_thread
from pages.ui.kit.shell.cache import mnist
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.chart import chart

STEPS, RATE = 60, 0.1
SAME = 1e-12  # weights of size 1 in float64 that differ by less have only been rounded

CODE = """\
v = velocity.clone(); W = weight.clone()      # learning rate inside the velocity
for gradient, lr in zip(gradients, learning_rates):
    v = momentum * v + lr * gradient
    W = W - v

u = velocity.clone(); V = weight.clone()      # torch.optim.SGD
for gradient, lr in zip(gradients, learning_rates):
    u = momentum * u + gradient
    V = V - lr * u
"""


@st.fragment
def momentum() -> None:
    """Both forms on the real network, with η changed on the way."""
    with error_boundary():
        blog, torch = st.columns(2)
        with blog:
            st.markdown("SGD by hand (as in the blog posts)")
            st.latex(r"v := \gamma v + \eta\,\frac{\partial L}{\partial W},\quad W := W - v")
        with torch:
            st.markdown("`torch.optim.SGD`")
            st.latex(r"v := \gamma v + \frac{\partial L}{\partial W},\quad W := W - \eta v")
        gamma, place, rate = _controls()
        found = _compared(f"{mnist().source}-{len(mnist().train)}", gamma, place, rate)
        words = in_words(found, rate)
        chart(parting_figure(found.difference, found.change_at), "manual_momentum_chart", alt=words)
        st.markdown(words)
        st.caption(
            f"784 → 30 → 10, sigmoid, batch 64, {STEPS} steps in float64, η = {RATE:g} before the change. "
            "Same initial weights, same batches. A difference of 0 is drawn at 1e-17."
        )
        st.code(CODE, language="python")


def _controls() -> tuple[float, int, float]:
    columns = st.columns(3, gap="medium")
    with columns[0]:
        gamma = st.slider(
            "Momentum γ",
            0.0,
            0.99,
            0.9,
            0.01,
            key="manual_two_momentum",
            bind="query-params",
            help="The fraction of the velocity kept from step to step.",
        )
    with columns[1]:
        place = st.slider(
            "η changes after step",
            1,
            STEPS,
            30,
            key="manual_two_change",
            bind="query-params",
            help=f"The last step with the old learning rate; at {STEPS} it never changes.",
        )
    with columns[2]:
        rate = st.select_slider(
            "New learning rate",
            (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
            0.01,
            key="manual_two_rate",
            bind="query-params",
            help=f"η from then on; it was {RATE:g}.",
        )
    return float(gamma), int(place), float(rate)


def in_words(found: TwoMomenta, new_rate: float) -> str:
    """What the chart says."""
    until = max(found.difference[: found.change_at], default=0.0)
    end = found.difference[-1]
    same = f"**With constant η the two forms are equal**: their weights differ by at most {number(until, 1)}. "
    if until > SAME:
        same = f"Already before the change the weights differ by {number(until, 2)}. "
    if found.change_at >= len(found.difference):
        return same + "Here η never changes."
    if end <= SAME:
        return same + f"With η = {new_rate:g} they differ by at most {number(end, 1)}: rounding."
    share = f", {percent(end / found.moved, 0)} of the largest change of any weight" if found.moved else ""
    return (
        same + f"**After η changes to {new_rate:g} they differ**, by {number(end, 2)} at the end{share}. The velocity "
        "by hand still contains steps with the old learning rate; PyTorch multiplies the whole velocity by the new "
        f"one. Loss of the last batch: {found.blog[-1]:.3f} by hand, {found.torch[-1]:.3f} with PyTorch."
    )


@st.cache_resource(show_spinner="Training twice…", max_entries=60)
@one_thread()
def _compared(of: str, gamma: float, place: int, rate: float) -> TwoMomenta:
    return compare(mnist().train, momentum=gamma, lr=RATE, new_lr=rate, change_at=place, steps=STEPS)
