"""The tabs of the Adversarial page. Add a tab: a function that draws it, in a file of this folder, and a record here.

What a record holds, pages/ui/kit/shell/tab.py says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import streamlit as st

from pages.ui.kit.shell.cache import mnist
from pages.ui.kit.shell.tab import OpenTab, Tab

if TYPE_CHECKING:
    from core.models.trained_network import TrainedNetwork

_ATTACKED = "adv_attacked"  # session key: the network chosen above the tabs


@contextmanager
def around(open_tab: OpenTab) -> Iterator[Tab]:
    """Above the tab bar the network that is attacked on every tab."""
    from pages.ui.adversarial.defend import PAGE
    from pages.ui.adversarial.network_choice import victim

    PAGE.current_job()  # whichever tab is open: the address and the run go on belonging to this session
    with st.container(key="adv-victim", width=420):
        st.session_state[_ATTACKED] = victim("adv_network")
    yield open_tab()


def _attacked() -> "TrainedNetwork":
    return cast("TrainedNetwork", st.session_state[_ATTACKED])


def _one_image() -> None:
    from pages.ui.adversarial.one_image import one_image

    one_image(_attacked(), mnist())


def _step_by_step() -> None:
    from pages.ui.adversarial.step_by_step import step_by_step

    step_by_step(_attacked(), mnist())


def _why() -> None:
    from pages.ui.adversarial.frequencies import why

    why(_attacked(), mnist())


def _many_images() -> None:
    from pages.ui.adversarial.many_images import many_images

    many_images(_attacked(), mnist())


def _transfer() -> None:
    from pages.ui.adversarial.transfer import transfer

    transfer(_attacked(), mnist())


def _defend() -> None:
    from pages.ui.adversarial.defend import defend

    defend(_attacked(), mnist())


def _sanity_checks() -> None:
    from pages.ui.adversarial.sanity_checks import honest

    honest(_attacked(), mnist())


TABS = (
    Tab(
        name="One image",
        title="One image",
        question="How large a perturbation changes the prediction, and can you still recognize the digit?",
        see="Drag ε until the prediction changes.",
        meaning="A perturbation that leaves the digit recognizable to people can change a network's prediction, and "
        "its norm measures how small it is.",
        minutes=8,
        level="first",
        terms=(
            "adversarial example",
            "perturbation budget ε",
            "norm",
            "targeted attack",
            "attack trajectory",
            "DeepFool",
            "Carlini–Wagner attack",
            "JSMA",
        ),
        show=_one_image,
    ),
    Tab(
        name="Step by step",
        title="Step by step",
        question="How does the fast gradient sign method turn a gradient into an attack?",
        see="Walk through its eleven steps, and hover over any pixel for its gradient and its values.",
        meaning="FGSM moves every pixel by ε in the direction of the sign of its gradient: many changes, each "
        "tiny, add up to a large rise of the loss.",
        minutes=10,
        level="first",
        terms=("FGSM", "gradient", "first-order estimate", "L∞ norm", "projection", "evaluation mode"),
        show=_step_by_step,
    ),
    Tab(
        name="Why it works",
        title="Why it works",
        question="Do attacks work because networks rely on high frequencies?",
        see="Move the cut-off frequency and compare which part of the perturbation does the damage.",
        meaning="Much of the high frequency in an FGSM perturbation comes from the sign operation itself, so which "
        "frequencies do the damage must be measured at equal norm.",
        minutes=10,
        level="deeper",
        terms=(
            "spatial frequency",
            "Fourier transform",
            "low-pass and high-pass filter",
            "L2 norm",
            "first-order estimate",
        ),
        show=_why,
    ),
    Tab(
        name="Many images",
        title="Robust accuracy",
        question="How fast does accuracy fall as the perturbation budget grows?",
        see="Compare each attack with random noise of the same ε.",
        meaning="Robust accuracy falls as the perturbation budget grows, much faster under an attack than under "
        "random noise of the same ε.",
        minutes=8,
        level="first",
        terms=(
            "clean accuracy",
            "robust accuracy",
            "attack success rate",
            "perturbation budget ε",
            "BIM",
            "PGD",
            "square attack",
            "random noise",
        ),
        show=_many_images,
    ),
    Tab(
        name="Transfer",
        title="Transfer",
        question="Do adversarial examples made on one network transfer to another?",
        see="Compare each row, a source network, with the bottom one, random noise.",
        meaning="Adversarial examples often transfer to networks other than the one they were made on, so keeping a "
        "network secret does not protect it.",
        minutes=6,
        level="deeper",
        terms=("transferability", "surrogate model"),
        show=_transfer,
    ),
    Tab(
        name="Defend",
        title="Defenses",
        question="Does adversarial training help, what does it cost, and does an input filter do as well?",
        see="Compare robust accuracy with and without adversarial training; then try an input filter.",
        meaning="Adversarial training raises robust accuracy within the budget it was trained for, at a cost in "
        "computation and often in clean accuracy, while a filter that only masks the gradient is defeated "
        "by an adaptive attack.",
        minutes=15,
        level="deeper",
        terms=("adversarial training", "robust accuracy", "input filter", "straight-through gradient (BPDA)"),
        show=_defend,
    ),
    Tab(
        name="Is it honest?",
        title="Attack sanity checks",
        question="A weak attack makes a network look robust: is this evaluation sound?",
        see="Add an input filter and see which checks are violated.",
        meaning="Robustness is only as credible as the attack that measured it: a strong attack that does worse "
        "than a weak one is a sign of gradient masking.",
        minutes=8,
        level="deeper",
        terms=("gradient masking", "white-box attack", "black-box attack", "threat model", "random restarts", "PGD"),
        show=_sanity_checks,
    ),
)
