"""Part of "Step by step": how much does the loss rise, by the gradient's promise, in truth, and by chance?"""

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


def rise(trained: TrainedNetwork, image: Tensor, label: int, epsilon: float) -> None:
    """image: (1, 28, 28); label: what it shows; epsilon: the one the tab has chosen."""
    st.markdown("#### How much does the loss rise?")
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        reach = st.select_slider(
            "Look at ε up to",
            REACHES,
            0.3,
            key="adv_steps_reach",
            bind="query-params",
            width=260,
            format_func=lambda value: f"{value:g}",
            help="The promise is a straight line that touches the loss at ε = 0: go close and they agree.",
        )
        draws = st.select_slider(
            "Random sign images",
            DRAWS,
            200,
            key="adv_steps_draws",
            bind="query-params",
            width=260,
            help="How many images of random + and − are tried in place of FGSM's signs, with the same ε.",
        )
        log = st.toggle(
            "Logarithmic",
            key="adv_steps_log",
            bind="query-params",
            help="Shows a promise far below the truth. What is not above 0 has no place on such an axis.",
        )
    curve = _measured(trained, image, label, tuple(np.linspace(0, reach, POINTS).tolist()), draws)
    here = _measured(trained, image, label, (epsilon,), draws)
    chart(loss_rise_figure(curve, marked=epsilon, log=log), "adv_steps_rise")
    st.caption(
        f"Rise above the clean image's loss of {here.loss:.3g} nats. Gray band: 95% of {draws} random "
        "sign images. Dotted upright: the ε chosen above. All changed images are clipped to [0, 1]."
    )
    _numbers(here)
    st.markdown(describe(here))
    with st.expander("Why do so many small changes add up?", icon=":material/help:"):
        _why(trained, image, label, here)


def _numbers(here: LossRise) -> None:
    epsilon = here.epsilons[0]
    with st.container(horizontal=True, gap="small"):
        for name, value, help_ in (
            ("Promised, ε‖g‖₁", here.predicted[0], f"{epsilon:g} × {here.l1:.4g}: first order, unclipped."),
            ("Left by clipping", here.clipped[0], "Gradient × change, summed over what clipping leaves."),
            ("FGSM, measured", here.actual[0], "The loss after the step minus the loss before."),
            (
                "Random signs, mean",
                here.mean[0],
                f"95% interval of the mean: {here.mean_low[0]:+.3g} to {here.mean_high[0]:+.3g}; 95% of "
                f"the draws lie between {here.low[0]:+.3g} and {here.high[0]:+.3g}.",
            ),
        ):
            st.metric(f"{name} (nats)", f"{value:+.3g}", width=185, help=help_)


def describe(here: LossRise) -> str:
    """Promise, truth and chance at one ε, in sentences that follow from the numbers."""
    epsilon, promised, actual = here.epsilons[0], here.clipped[0], here.actual[0]
    if epsilon == 0:
        return "At ε = 0 nothing changes, and nothing rises."
    if here.l1 == 0:
        return "The gradient is 0 everywhere here: FGSM has no direction to go, and the promise is 0."
    words = f"At ε = {epsilon:g} the gradient promises {promised:+.3g} nats after clipping, "
    if actual <= 0:
        words += f"but the loss fell: {actual:+.3g}. A single step can overshoot where the loss curves."
    elif actual > 1.25 * promised:
        words += (
            f"and the loss rises by {actual:+.3g}, {ratio(actual / promised)} the promise: the loss curves "
            "upwards on the way."
        )
        if here.loss < 0.01:
            words += (
                " A network of such confidence has a nearly flat loss at the image itself (softmax is saturated); "
                "the signs lead uphill all the same, and further out it gets steep."
            )
    elif actual < 0.8 * promised:
        words += f"and the loss rises by only {actual:+.3g}: the straight line holds for small ε only."
    else:
        words += f"and the loss rises by {actual:+.3g}: the straight line is a good guide here."
    return f"{words} {_chance(here)}"


def _chance(here: LossRise) -> str:
    mean, low, high, wins = here.mean[0], here.mean_low[0], here.mean_high[0], here.wins[0]
    words = f"Random signs of the same size change it by {mean:+.3g} on average ({low:+.3g} to {high:+.3g})"
    if wins == 0:
        return f"{words}, and none of {here.draws} reaches FGSM: the direction does it, not the size."
    return f"{words}; {percent(wins, 0)} of {here.draws} raise it as much as FGSM does."


def _why(trained: TrainedNetwork, image: Tensor, label: int, here: LossRise) -> None:
    epsilon = here.epsilons[0]
    if here.l1 == 0:
        st.markdown("Here the gradient is 0 everywhere, so there is nothing to add up.")
        return
    shares = shares_of_rise(pixel_gradient(trained.model, image[None], torch.tensor([label])))
    half = int((shares < 0.5).sum()) + 1
    st.markdown(
        "To first order, changing one pixel by ε adds at most ε·max|gᵢ| = "
        f"{epsilon * here.largest:.3g} nats. But FGSM gives every pixel the sign that suits it, so no "
        f"contribution is negative, and they add up to ε‖g‖₁ = {epsilon * here.l1:.3g}: "
        f"**{ratio(here.l1 / here.largest)}** the strongest one alone. Random signs mostly cancel: their "
        f"sum is typically of the size ε‖g‖₂ = {epsilon * here.l2:.3g}, so FGSM's direction is worth "
        f"**{ratio(here.l1 / here.l2)}** as much as chance (at most √784 = 28×, if all pixels "
        "mattered alike). The more pixels an image has, the more there is to add up."
    )
    st.latex(r"g \cdot \varepsilon\,\mathrm{sign}(g) = \varepsilon \sum_i |g_i| = \varepsilon\,\lVert g\rVert_1")
    chart(shares_figure(shares.numpy(), half=half), "adv_steps_shares", still=True)


def _measured(trained: TrainedNetwork, image: Tensor, label: int, epsilons: tuple[float, ...], draws: int) -> LossRise:
    pixels = hashlib.blake2b(image.numpy().tobytes(), digest_size=12).hexdigest()
    return _kept(trained.key, pixels, label, epsilons, draws, trained.model, image)


@st.cache_data(max_entries=64, show_spinner="Trying random signs…")
def _kept(
    key: str, pixels: str, label: int, epsilons: tuple[float, ...], draws: int, _model: nn.Module, _image: Tensor
) -> LossRise:
    return loss_rise(_model, _image, label, epsilons, draws=draws)
