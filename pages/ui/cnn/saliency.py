"""Which pixels and places speak for a digit: saliency and Grad-CAM, for two digits on one scale."""

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
from pages.ui.kit.widgets.chart import chart

KEY = "cnn_looks"
RUNNER_UP = "the runner-up"
TRAINED, START = "as it is now", "before training"

CODE = """\
x = image.reshape(1, 784).clone().requires_grad_()
logit = network(x)[0, {digit}]
saliency = torch.autograd.grad(logit, x)[0].abs().reshape(28, 28)

before, after = network[:{cut}], network[{cut}:]                      # Grad-CAM at {layer}
maps = before(x).detach().requires_grad_()                    # (1, C, H, W)
logit = after(maps)[0, {digit}]
slopes = torch.autograd.grad(logit, maps)[0]
weights = slopes.mean(dim=(2, 3), keepdim=True)               # one number a channel
heat = (weights * maps).sum(dim=1).relu()                     # (1, H, W)
"""


def code(config: CNNConfig, layer: str, digit: int) -> str:
    """Both maps for the network that the part "Maps" prints."""
    return CODE.format(cut=cut_after(config, layer), layer=layer, digit=digit)


def attention(trained: TrainedNetwork, mnist: Mnist, seen: Subject) -> None:
    """Saliency and Grad-CAM of the predicted digit above those of another one."""
    config = cnn(trained)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        moment = st.segmented_control(
            "The network",
            [TRAINED, START],
            default=TRAINED,
            required=True,
            key=f"{KEY}_when",
            bind="query-params",
            help="A map that looks as good before training says nothing about learning.",
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
            help="The last convolution's activation is the usual choice.",
        )
        rival = st.selectbox(
            "Compare with",
            [RUNNER_UP, *map(str, range(10))],
            key=f"{KEY}_digit",
            bind="query-params",
            width=170,
            help="The digit of the second row. The runner-up is the second most probable one.",
        )
        digit_too = st.toggle(
            "Over the digit",
            True,
            key=f"{KEY}_over",
            bind="query-params",
            help="Lay the heat over the picture, or show it alone.",
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
                    st.caption(f"Saliency: {_strong(heat, image)}")
                else:
                    st.caption(f"Grad-CAM at {layer}: {_spoken(cams[row].heat.numpy(), digit)}")
    if len(digits) == 1:
        st.caption(f"The picture is read as {article(first)} already: choose another digit to compare with.")
    side = receptive_field(config, layer, 0, 0).height
    _words(layer, side, moment == START)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(code(config, layer, first), language="python")


def _strong(heat: np.ndarray, image: np.ndarray) -> str:
    total = float(heat.sum())
    if not total:
        return "no pixel moves this logit, however little it changes."
    on = float(heat[image > 0.5].sum()) / total
    return (
        f"{percent(on, 0)} of it lies on ink (pixels above 0.5; {percent(float((image > 0.5).mean()), 0)} of "
        f"the picture); the steepest pixel moves the logit by {float(heat.max()):.3g} per unit of ink."
    )


def _spoken(heat: np.ndarray, digit: int) -> str:
    if not heat.any():
        return f"at no place do the maps, weighted so, speak for {article(digit)}."
    share = float((heat > 0.5 * heat.max()).mean())
    return f"largest {heat.max():.3g}; {percent(share, 0)} of its {heat.size} cells reach half of that or more."


def _words(layer: str, side: int, start: bool) -> None:
    st.caption("Colors: dark is none, yellow the most; the same scale in both rows. Point at a pixel to read it.")
    if start:
        st.info(
            "This network has not learned anything yet. Whatever shapes its maps show all the same are the "
            "picture's doing and the architecture's, not knowledge.",
            icon=":material/science:",
        )
    with st.expander("What these maps do not show", icon=":material/help:"):
        st.markdown(
            f"""\
- **Saliency** tells how the logit reacts to a *tiny* change of one pixel alone. It does not say what would
  happen if a stroke were erased, nor in which direction a pixel pushes (the sign is taken away).
- **Grad-CAM** is coarse: each cell of {layer} sees {side}×{side} pixels, and its color is laid around the
  middle of these. What speaks *against* the digit is cut off, and one weight stands for a whole map.
- **Neither** says *why*, and a convincing map is no proof of a good reason: some such methods give much the
  same picture for a network with random weights (Adebayo et al. 2018, "Sanity checks for saliency maps").
  Try it: *before training*, above. To test whether a place matters, change it: draw, erase, or use *Change
  it*.
"""
        )
