"""Tab: transform an image and see what the network, its maps and its accuracy do."""

from zlib import crc32

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from core.charts.images import picture
from core.charts.intervals import before_after_figure
from core.data.digits import Mnist
from core.formatting import probability
from core.lessons.cnn.charts.accuracy import layer_changes_figure, written
from core.lessons.cnn.charts.maps import map_strip
from core.lessons.cnn.equivariance import LayerMaps, SlidBack, layer_maps, slide_back
from core.lessons.cnn.transforms import TRANSFORMS
from core.models.evaluation import predict
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn.map_results import cnn
from pages.ui.cnn.robustness_curves import strength_curves
from pages.ui.kit.network.image_picker import subject
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.parts import pick_part

CODE = """\
from torchvision.transforms import functional

image = test_images[4]                                   # (1, 28, 28), pixels in [0, 1]
shifted = torch.zeros_like(image)
shifted[:, :, :-3] = image[:, :, 3:]                     # 3 pixels to the left, zeros come in
turned = functional.rotate(image, 30)                    # degrees, counterclockwise

before, after = model.layers.conv1(torch.stack([image, shifted]))
change = (after - before).norm() / before.norm()         # relative change: large
aligned = (after[:, :, 3:-6] - before[:, :, 6:-3]).norm()  # shifted back: 0 away from the borders
"""


MAPS_PART, CURVES_PART = "Feature maps", "Accuracy of all networks"


@panel
def robustness(trained: TrainedNetwork, mnist: Mnist) -> None:
    """One image before and after, its feature maps, and accuracy against strength for all networks."""
    left, right = controls_and_stage(1.0, 2.2)
    with left:
        shown = subject(mnist, "cnn_shake")
        how, strength = _controls()
    before = shown.image.unsqueeze(0)
    after = TRANSFORMS[how](before, strength)
    with right:
        transformed_prediction(trained, before, after)
    part = pick_part(
        "cnn_shake_part",
        {MAPS_PART: (), CURVES_PART: ("cnn_shake_all",)},
        help="The feature maps of this image before and after, or the accuracy of all networks at every strength.",
    )
    if part == MAPS_PART:
        transformed_maps(trained, before[0], after[0], how, strength)
    else:
        strength_curves(trained, mnist, how, strength)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _controls() -> tuple[str, float]:
    """Which change, and how strong; each change remembers its own strength."""
    titles = {transform.title: name for name, transform in TRANSFORMS.items()}
    title = st.selectbox(
        "Transformation",
        list(titles),
        key="cnn_shake_how",
        bind="query-params",
        help="The digit stays recognizable to people. MNIST digits are centered, upright and of one "
        "size, so no network here was trained on this.",
    )
    how = titles[title]
    transform = TRANSFORMS[how]
    kind = int if isinstance(transform.step, int) else float
    strength = st.slider(
        f"Strength ({transform.unit})",
        kind(transform.low),
        kind(transform.high),
        kind(transform.default),
        kind(transform.step),
        key=f"cnn_shake_{how}",
        bind="query-params",
        help=f"{transform.about} {transform.none:g} changes nothing.",
    )
    return how, strength


# An image before and after the transformation, and what the network predicts for both.


SIZE = 112
NAMES = ("before", "after")


def transformed_prediction(trained: TrainedNetwork, before: Tensor, after: Tensor) -> None:
    """before, after: (1, 1, 28, 28). Two images, the two predictions, ten probabilities of each."""
    readings = [predict(trained.model, image)[0] for image in (before, after)]
    images, bars = st.columns(2, gap="medium", vertical_alignment="center")
    with images, st.container(horizontal=True, gap="small"):
        for name, image, reading in zip(NAMES, (before, after), readings, strict=True):
            digit = int(reading.argmax())
            with st.container(width=SIZE, gap="small"):
                st.caption(name.capitalize(), text_alignment="center")
                small = picture(image[0, 0].numpy(), size=SIZE)
                st.image(small, width=SIZE, alt=f"The image {name} the transformation")
                st.markdown(
                    f"predicts **{digit}**  \nwith {probability(float(reading[digit]))}", text_alignment="center"
                )
    with bars:
        fig = before_after_figure(readings[0].tolist(), readings[1].tolist(), names=NAMES)
        chart(fig, "cnn_shake_reading", still=True)


# Feature maps before and after, their difference, and maps shifted back after a shift.


MAPS = 16  # of a layer, on the screen
HARDLY = 0.1  # a change below a tenth of a map's size may be called "hardly any"


def transformed_maps(trained: TrainedNetwork, before: Tensor, after: Tensor, how: str, strength: float) -> None:
    """before, after: (1, 28, 28). For shifts a switch shifts the maps of `after` back."""
    layers = layer_maps(trained.model, cnn(trained), before, after)
    by = {"shift-across": (round(strength), 0), "shift-down": (0, round(strength))}.get(how)
    names = [layer.name for layer in layers]
    switch = st.container()
    with st.expander("Advanced", icon=":material/tune:"):
        picked = st.selectbox(
            "Layer",
            names,
            key=f"cnn_shake_layer_{crc32(' '.join(names).encode()):x}",
            bind="query-params",
            help="Convolution (conv), batch norm (norm), activation (act) or pooling (pool).",
        )
    with switch:
        back = by is not None and st.toggle(
            "Shift the maps back",
            key="cnn_shake_back",
            bind="query-params",
            help="Equivariance: shift the maps back before comparing. Only places whose receptive field lies "
            "inside both images are compared.",
        )
    slid = [slide_back(layer, *by) for layer in layers] if back and by else None
    place = names.index(picked)
    _pictures(layers[place], slid[place] if slid else None)
    if slid and by:
        _describe_layer(layers[place], slid[place], max(by, key=abs))
    fig = layer_changes_figure(
        names,
        [layer.change for layer in layers],
        None if slid is None else [None if found is None else found.change for found in slid],
    )
    chart(fig, "cnn_shake_changes", still=True)
    _claim(layers, slid, by)


def _pictures(layer: LayerMaps, slid: SlidBack | None) -> None:
    """Before, after and their difference beside each other, each map on a scale of its own."""
    chosen = _fullest(layer)
    before, after = layer.before[chosen].numpy(), layer.after[chosen].numpy()
    tops = np.quantile(np.abs(np.concatenate([before, after], axis=1)), 0.995, axis=(1, 2))
    signed = bool(min(before.min(), after.min()) < 0)
    title = "After"
    columns = 2 if len(chosen) <= 4 else 4
    if slid is not None:
        title = "After, shifted back"
        after = np.where(slid.compared.numpy(), slid.after[chosen].numpy(), np.nan)
    shown = (("Before", before, signed), (title, after, signed), ("After − before", after - before, True))
    for column, (name, maps, both_ways) in zip(st.columns(3, gap="medium"), shown, strict=True):
        with column:
            st.caption(name, text_alignment="center")
            st.image(
                map_strip(maps, tops=tops, signed=both_ways, columns=columns, width=480),
                width="stretch",
                alt=f"{name}: {len(maps)} maps of {layer.name}",
            )
    count = len(layer.before)
    few = f" Shown: the {len(chosen)} of {count} maps with the largest values." if count > len(chosen) else ""
    st.caption(
        ("Orange: above zero, blue: below. " if signed else "Maps, dark: 0, yellow: large. ")
        + "Difference, orange: increased, blue: decreased. One color scale per map."
        + few
    )


def _fullest(layer: LayerMaps) -> Tensor:
    """Which maps to show where there are many: those with the largest values, in their order."""
    size = (layer.before.square() + layer.after.square()).sum(dim=(1, 2))
    return torch.sort(size.topk(min(MAPS, len(size))).indices).values


def _describe_layer(layer: LayerMaps, slid: SlidBack | None, by: int) -> None:
    """What shifting back did to the chosen layer, or why it cannot be done."""
    stride = layer.look.stride
    if slid is not None:
        st.caption(
            f"Shifted back by {abs(by) // stride} places of {layer.name} (stride {stride} px) "
            f"and compared at the {int(slid.compared.sum()):,} of {slid.compared.numel():,} places whose receptive "
            f"field ({layer.look.width} × {layer.look.width} pixels) lies inside both images: relative change "
            f"{written(slid.change)}."
        )
    elif by % stride:
        st.caption(
            f"{layer.name} has stride {stride}, and {abs(by)} is not a multiple of {stride}: there is no whole number "
            "of places to shift back by. Subsampling by pooling and strides breaks equivariance for this shift."
        )
    else:
        st.caption(
            f"The receptive field of {layer.name} is {layer.look.width} × {layer.look.width} pixels: none "
            "lies inside both images, so there is nothing to compare away from the borders."
        )


def _claim(layers: list[LayerMaps], slid: list[SlidBack | None] | None, by: tuple[int, int] | None) -> None:
    """How far the maps changed, in a sentence; the lab report's own sentence about shifts folded away."""
    convolutions = [k for k, layer in enumerate(layers) if layer.name.startswith("conv")]
    changes = [layers[k].change for k in convolutions]
    measured = ", ".join(f"{layers[k].name} {written(change)}" for k, change in zip(convolutions, changes, strict=True))
    if by is None:
        st.markdown(f"Relative change of the feature maps: {measured}.")
        return
    if not any(by):
        st.markdown("A shift of 0 changes nothing. Move the slider.")
        return
    hardly = max(changes) < HARDLY
    sentence = f"Relative change of the feature maps: {measured}."
    same = [layers[k].name for k, found in enumerate(slid or ()) if found and found.change < 1e-5]
    if slid is None:
        sentence += " Did they change, or only shift? Shift the maps back."
    elif same:
        sentence += f" Shifted back, {', '.join(same)} did not change: **convolution is equivariant to shifts.**"
    st.markdown(sentence)
    with st.expander("Lab report: do the feature maps change?", icon=":material/format_quote:"):
        st.markdown(
            "The lab report says that feature maps hardly change when the image is shifted. Measured at fixed places "
            + ("that holds here." if hardly else "it does not hold: they shift with the image.")
            + " Measured after shifting back, convolutions are equivariant, which may be what it means."
        )
