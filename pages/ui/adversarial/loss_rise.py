"""Part of "Step by step": the rise of the loss: first-order estimate, measured, and for random signs."""

import hashlib

import numpy as np
import streamlit as st
import torch
from torch import Tensor, nn

from core.formatting import percent, ratio
from core.lessons.adversarial.charts.gradients import loss_rise_figure, shares_figure
from core.lessons.adversarial.loss_rise import LossRise, loss_rise, shares_of_rise
from core.lessons.adversarial.pixel_gradients import pixel_gradient
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.widgets.chart import chart

REACHES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
DRAWS = (50, 100, 200, 500, 1000)
POINTS = 13


def rise(trained: TrainedNetwork, image: Tensor, label: int, epsilon: float) -> LossRise:
    """image: (1, 28, 28); label: what it shows; epsilon: the one the tab has chosen, at which the rise comes back."""
    place = st.container()
    with st.popover("Advanced", icon=":material/tune:", key="adv_steps_rise_more"):
        reach = st.select_slider(
            "Largest ε",
            REACHES,
            0.3,
            key="adv_steps_reach",
            bind="query-params",
            width=260,
            format_func=lambda value: f"{value:g}",
            help="The first-order estimate is the tangent at ε = 0: for small ε it agrees with the measured loss.",
        )
        draws = st.select_slider(
            "Random sign vectors",
            DRAWS,
            200,
            key="adv_steps_draws",
            bind="query-params",
            width=260,
            help="How many random sign vectors are tried in place of FGSM's, with the same ε.",
        )
        log = st.toggle(
            "Log y-axis",
            key="adv_steps_log",
            bind="query-params",
            help="Shows an estimate far below the measured rise. Values that are not positive are left out.",
        )
    curve = _measured(trained, image, label, tuple(np.linspace(0, reach, POINTS).tolist()), draws)
    here = _measured(trained, image, label, (epsilon,), draws)
    with place:
        words = describe(here)
        chart(loss_rise_figure(curve, marked=epsilon, log=log), "adv_steps_rise", alt=words)
        st.markdown(words)
        st.caption(
            f"Rise above the loss of the clean image, {here.loss:.3g} nats. Gray band: 95% of {draws} random sign "
            "vectors. Dotted vertical line: the ε chosen above. All images are clipped to [0, 1]."
        )
    return here


def _numbers(here: LossRise) -> None:
    epsilon = here.epsilons[0]
    with st.container(horizontal=True, gap="small"):
        for name, value, help_ in (
            ("First-order estimate ε‖g‖₁", here.predicted[0], f"{epsilon:g} × {here.l1:.4g}, without clipping."),
            ("Estimate after clipping", here.clipped[0], "Gradient times perturbation, summed over the pixels."),
            ("FGSM, measured", here.actual[0], "Loss after the step minus loss before."),
            (
                "Random signs, mean",
                here.mean[0],
                f"95% interval of the mean: {here.mean_low[0]:+.3g} to {here.mean_high[0]:+.3g}; 95% of "
                f"the vectors lie between {here.low[0]:+.3g} and {here.high[0]:+.3g}.",
            ),
        ):
            st.metric(f"{name} (nats)", f"{value:+.3g}", width=200, help=help_)


def describe(here: LossRise) -> str:
    """Estimate, measurement and random signs at one ε, in sentences that follow from the numbers."""
    epsilon, estimate, actual = here.epsilons[0], here.clipped[0], here.actual[0]
    if epsilon == 0:
        return "At ε = 0 nothing changes."
    if here.l1 == 0:
        return "The gradient is 0 everywhere here: FGSM has no direction to follow, and the first-order estimate is 0."
    words = f"At ε = {epsilon:g} the first-order estimate is {estimate:+.3g} nats after clipping, "
    if actual <= 0:
        words += f"but the loss fell: {actual:+.3g}. A single step can overshoot where the loss is curved."
    elif actual > 1.25 * estimate:
        words += (
            f"and the loss rises by **{actual:+.3g}**, {ratio(actual / estimate)} the estimate: the loss curves "
            "upward along the way."
        )
        if here.loss < 0.01:
            words += (
                " At such a high confidence the softmax is saturated: the loss is nearly flat at the image itself "
                "and becomes steep farther out."
            )
    elif actual < 0.8 * estimate:
        words += f"and the loss rises by only {actual:+.3g}: the linear approximation holds for small ε only."
    else:
        words += f"and the loss rises by {actual:+.3g}: the linear approximation is good here."
    return f"{words} {_chance(here)}"


def _chance(here: LossRise) -> str:
    wins = here.wins[0]
    words = f"Random signs of the same ε change it by {here.mean[0]:+.3g} on average"
    if wins == 0:
        return f"{words}, and none of {here.draws} reaches FGSM: the direction matters, not the norm."
    return f"{words}; {percent(wins, 0)} of {here.draws} raise it as much as FGSM does."


def adds_up(trained: TrainedNetwork, image: Tensor, label: int, here: LossRise) -> None:
    """Why many small changes add up, with the numbers of the rise at the chosen ε."""
    _numbers(here)
    epsilon = here.epsilons[0]
    if here.l1 == 0:
        st.markdown("Here the gradient is 0 everywhere, so the estimate is 0.")
        return
    shares = shares_of_rise(pixel_gradient(trained.model, image[None], torch.tensor([label])))
    half = int((shares < 0.5).sum()) + 1
    st.markdown(
        "To first order, changing one pixel by ε adds at most ε·max|gᵢ| = "
        f"{epsilon * here.largest:.3g} nats. FGSM gives every pixel the sign of its gradient, so no "
        f"contribution is negative, and they add up to ε‖g‖₁ = {epsilon * here.l1:.3g}: "
        f"**{ratio(here.l1 / here.largest)}** the largest one alone. Random signs mostly cancel: their "
        f"sum is typically ε‖g‖₂ = {epsilon * here.l2:.3g}, so FGSM's direction gains "
        f"**{ratio(here.l1 / here.l2)}** as much (at most √784 = 28×, if all gradients were equal). The more "
        "pixels an image has, the more contributions add up."
    )
    st.latex(r"g \cdot \varepsilon\,\mathrm{sign}(g) = \varepsilon \sum_i |g_i| = \varepsilon\,\lVert g\rVert_1")
    words = f"{half} of {len(shares)} pixels make up half of the first-order estimate."
    chart(shares_figure(shares.numpy(), half=half), "adv_steps_shares", still=True, alt=words)


def _measured(trained: TrainedNetwork, image: Tensor, label: int, epsilons: tuple[float, ...], draws: int) -> LossRise:
    pixels = hashlib.blake2b(image.numpy().tobytes(), digest_size=12).hexdigest()
    return _kept(trained.key, pixels, label, epsilons, draws, trained.model, image)


@st.cache_data(max_entries=64, show_spinner="Evaluating random signs…")
def _kept(
    key: str, pixels: str, label: int, epsilons: tuple[float, ...], draws: int, _model: nn.Module, _image: Tensor
) -> LossRise:
    return loss_rise(_model, _image, label, epsilons, draws=draws)
