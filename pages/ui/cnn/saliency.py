"""Which pixels and regions raise a digit's logit: saliency and Grad-CAM, for two digits on one scale."""

import numpy as np
import streamlit as st

from core.config.cnn import CNNConfig
from core.data.digits import Mnist
from core.formatting import article, percent, probability
from core.lessons.cnn.charts.maps import heat_over_figure
from core.lessons.cnn.feature_maps import map_layers
from core.lessons.cnn.receptive_field import receptive_field
from core.lessons.cnn.saliency import grad_cam, laid_over_pixels, saliency
from core.models.evaluation import logits
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn.layer_words import cut_after, tag
from pages.ui.cnn.map_results import cnn
from pages.ui.kit.network.image_picker import Subject
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart

KEY = "cnn_looks"
RUNNER_UP = "the runner-up"
TRAINED, START = "trained", "before training"
renamed(f"{KEY}_when", {"as it is now": TRAINED})

CODE = """\
x = image.reshape(1, 784).clone().requires_grad_()
logit = network(x)[0, {digit}]
saliency = torch.autograd.grad(logit, x)[0].abs().reshape(28, 28)

before, after = network[:{cut}], network[{cut}:]                      # Grad-CAM at {layer}
maps = before(x).detach().requires_grad_()                    # (1, C, H, W)
logit = after(maps)[0, {digit}]
gradient = torch.autograd.grad(logit, maps)[0]
weights = gradient.mean(dim=(2, 3), keepdim=True)             # one weight per channel
heat = (weights * maps).sum(dim=1).relu()                     # (1, H, W)
"""


def code(config: CNNConfig, layer: str, digit: int) -> str:
    """Both maps for the network that the part "Maps" prints."""
    return CODE.format(cut=cut_after(config, layer), layer=layer, digit=digit)


def attribution(trained: TrainedNetwork, mnist: Mnist, seen: Subject) -> None:
    """Saliency and Grad-CAM of the predicted digit above those of another one."""
    config = cnn(trained)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        moment = st.segmented_control(
            "Network",
            [TRAINED, START],
            default=TRAINED,
            required=True,
            key=f"{KEY}_when",
            bind="query-params",
            help="Sanity check: a map that looks as good before training says nothing about learning.",
        )
        names = [name for name in map_layers(config) if name.startswith(("act", "pool"))]
        last = f"act{len(config.channels)}"
        layer = st.selectbox(
            "Layer of Grad-CAM",
            names,
            index=names.index(last),
            key=f"{KEY}_layer_{tag(config)}",
            bind="query-params",
            width=170,
            help="By default the activation of the last convolution.",
        )
        rival = st.selectbox(
            "Compare with",
            [RUNNER_UP, *map(str, range(10))],
            key=f"{KEY}_digit",
            bind="query-params",
            width=170,
            help="Digit of the second row; the runner-up is the second most probable one.",
        )
        digit_too = st.toggle(
            "Overlay on the digit",
            True,
            key=f"{KEY}_over",
            bind="query-params",
            help="Heat map over the image, or alone.",
        )
    model = trained.initial if moment == START else trained.model
    shares = logits(model, seen.image[None]).softmax(1)[0]
    first, second = shares.argsort(descending=True, stable=True)[:2].tolist()
    other = second if rival == RUNNER_UP else int(rival)
    digits = [first, other] if other != first else [first]
    pixels = [saliency(model, seen.image, digit).numpy() for digit in digits]
    cams = [grad_cam(model, seen.image, digit, layer) for digit in digits]
    tops = [max(float(map_.max()) for map_ in pixels), max(float(cam.heat.max()) for cam in cams)]
    image = seen.image[0].numpy()
    for row, digit in enumerate(digits):
        sentence = "the predicted digit" if row == 0 else "compared with"
        st.markdown(f"**{digit}**, {sentence}: {probability(float(shares[digit]))}, logit {cams[row].logit:.2f}")
        left, right = st.columns(2)
        for column, name, heat, top, unit in (
            (left, "saliency", pixels[row], tops[0], "|∂logit/∂pixel|"),
            (right, "cam", laid_over_pixels(config, layer, cams[row].heat), tops[1], "Grad-CAM"),
        ):
            with column:
                fig = heat_over_figure(image, heat, top=top, value_name=unit, digit=digit_too)
                chart(fig, f"{KEY}_{name}_{row}", still=True)
                if name == "saliency":
                    st.caption(f"Saliency: {_saliency_words(heat, image)}")
                else:
                    st.caption(f"Grad-CAM at {layer}: {_cam_words(cams[row].heat.numpy(), digit)}")
    if len(digits) == 1:
        st.caption(f"The prediction is {article(first)} already: choose another digit to compare with.")
    side = receptive_field(config, layer, 0, 0).height
    _words(layer, side, moment == START)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(code(config, layer, first), language="python")


def _saliency_words(heat: np.ndarray, image: np.ndarray) -> str:
    total = float(heat.sum())
    if not total:
        return "the gradient of this logit is zero at every pixel."
    on = float(heat[image > 0.5].sum()) / total
    return (
        f"{percent(on, 0)} of it lies on the stroke (pixels above 0.5, {percent(float((image > 0.5).mean()), 0)} of "
        f"the image); largest gradient {float(heat.max()):.3g}."
    )


def _cam_words(heat: np.ndarray, digit: int) -> str:
    if not heat.any():
        return f"nowhere positive: no region raises the logit of {digit}."
    share = float((heat > 0.5 * heat.max()).mean())
    return f"maximum {heat.max():.3g}; {percent(share, 0)} of the {heat.size} cells reach half of it."


def _words(layer: str, side: int, start: bool) -> None:
    st.caption("Dark: 0, yellow: largest; one scale for both rows. Hover for values.")
    if start:
        st.info(
            "This network is untrained. Whatever its maps show comes from the image and the architecture, "
            "not from learning.",
            icon=":material/science:",
        )
    with st.expander("Limits of these maps", icon=":material/help:"):
        st.markdown(
            f"""\
- **Saliency** is a gradient: the effect of an *infinitesimal* change of one pixel. It does not say what
  happens if a stroke is erased, and the absolute value hides the sign.
- **Grad-CAM** is coarse: the receptive field of each cell of {layer} is {side}×{side} pixels. Evidence *against*
  the digit is cut off by the ReLU, and one weight stands for a whole map.
- **Neither** explains *why*: some attribution methods give nearly the same map for random weights (Adebayo et
  al. 2018, "Sanity checks for saliency maps"). Try *before training* above. To test whether a region matters,
  change it: draw, erase, or use *Ablation*.
"""
        )
