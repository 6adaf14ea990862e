"""Momentum as the blog writes it and as PyTorch computes it: the same, until the rate changes."""

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
v = velocity.clone(); W = weight.clone()      # the blog, and our SGD by hand
for gradient, rate in zip(gradients, rates):
    v = momentum * v + rate * gradient
    W = W - v

u = velocity.clone(); V = weight.clone()      # torch.optim.SGD
for gradient, rate in zip(gradients, rates):
    u = momentum * u + gradient
    V = V - rate * u
"""


@st.fragment
def momentum() -> None:
    """Both forms on the real network, with η changed on the way."""
    with error_boundary():
        blog, torch = st.columns(2)
        with blog:
            st.markdown("The blog, and the optimizer by hand")
            st.latex(r"v := \gamma v + \eta\,\frac{\partial L}{\partial W},\quad W := W - v")
        with torch:
            st.markdown("`torch.optim.SGD`")
            st.latex(r"v := \gamma v + \frac{\partial L}{\partial W},\quad W := W - \eta v")
        gamma, place, rate = _controls()
        found = _compared(f"{mnist().source}-{len(mnist().train)}", gamma, place, rate)
        chart(parting_figure(found.difference, found.change_at), "manual_momentum_chart")
        st.markdown(in_words(found, rate))
        st.caption(
            f"784 → 30 → 10, sigmoid, batch 64, {STEPS} steps in float64, η = {RATE:g} before the change. "
            "Both start from the same weights and see the same batches. A difference of 0 is drawn at 1e-17."
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
            help="How much of the velocity is kept from step to step.",
        )
    with columns[1]:
        place = st.slider(
            "η changes after step",
            1,
            STEPS,
            30,
            key="manual_two_change",
            bind="query-params",
            help=f"So many steps are made at the old rate; {STEPS} is the last, so then it never changes.",
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
    same = f"**While η stands still the two are one**: their weights differ by {number(until, 1)} at most. "
    if until > SAME:
        same = f"Already before the change the weights differ by {number(until, 2)}. "
    if found.change_at >= len(found.difference):
        return same + "Here η never changes."
    if end <= SAME:
        return same + f"η = {new_rate:g} parts them by no more than {number(end, 1)}: nothing but rounding."
    share = f", {percent(end / found.moved, 0)} of the farthest that any weight has come" if found.moved else ""
    return (
        same + f"**After η goes to {new_rate:g} they part**, by {number(end, 2)} at the end{share}. The blog's "
        "velocity still carries steps made at the old rate; torch multiplies its whole memory by the new one "
        f"at once. Loss of the last batch: {found.blog[-1]:.3f} by the blog's form, {found.torch[-1]:.3f} by "
        "torch's."
    )


@st.cache_resource(show_spinner="Training twice…", max_entries=60)
@one_thread()
def _compared(of: str, gamma: float, place: int, rate: float) -> TwoMomenta:
    return compare(mnist().train, momentum=gamma, lr=RATE, new_lr=rate, change_at=place, steps=STEPS)
