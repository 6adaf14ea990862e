"""Tab: shake a picture and see what the network, its maps and its accuracy do."""

from zlib import crc32

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from core.charts.images import picture
from core.charts.intervals import before_after_figure
from core.data.digits import Mnist
from core.formatting import article, probability
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

CODE = """\
from torchvision.transforms import functional

image = test_images[4]                                   # (1, 28, 28), pixels in [0, 1]
shifted = torch.zeros_like(image)
shifted[:, :, :-3] = image[:, :, 3:]                     # 3 pixels to the left, zeros come in
turned = functional.rotate(image, 30)                    # degrees, anticlockwise

before, after = model.layers.conv1(torch.stack([image, shifted]))
change = (after - before).norm() / before.norm()         # place by place: large
slid_back = (after[:, :, 3:-6] - before[:, :, 6:-3]).norm()       # away from the borders: 0
"""


@panel
def robustness(trained: TrainedNetwork, mnist: Mnist) -> None:
    """One picture before and after, its feature maps, and accuracy against strength for all networks."""
    left, right = controls_and_stage(1.0, 2.2)
    with left:
        shown = subject(mnist, "cnn_shake")
        how, strength = _controls()
    before = shown.image.unsqueeze(0)
    after = TRANSFORMS[how](before, strength)
    with right:
        shaken_reading(trained, before, after)
    st.subheader("The feature maps, before and after", anchor=False)
    shaken_maps(trained, before[0], after[0], how, strength)
    st.subheader("How much does each network bear?", anchor=False)
    curves = st.container()  # filled last: measuring takes its time
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")
    with curves:
        strength_curves(trained, mnist, how, strength)


def _controls() -> tuple[str, float]:
    """Which change, and how strong; each change remembers its own strength."""
    titles = {transform.title: name for name, transform in TRANSFORMS.items()}
    title = st.selectbox(
        "What happens to the picture",
        list(titles),
        key="cnn_shake_how",
        bind="query-params",
        help="A person would read the digit all the same. MNIST's digits are centered, upright and of one "
        "size, so the network has never seen this.",
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


# A picture before and after it was shaken, and what the network reads in both.


SIZE = 112
NAMES = ("before", "after")


def shaken_reading(trained: TrainedNetwork, before: Tensor, after: Tensor) -> None:
    """before, after: (1, 1, 28, 28). Two pictures, the two answers, ten probabilities of each."""
    readings = [predict(trained.model, image)[0] for image in (before, after)]
    pictures, bars = st.columns(2, gap="medium", vertical_alignment="center")
    with pictures, st.container(horizontal=True, gap="small"):
        for name, image, reading in zip(NAMES, (before, after), readings, strict=True):
            digit = int(reading.argmax())
            with st.container(width=SIZE, gap="small"):
                st.caption(name.capitalize(), text_alignment="center")
                small = picture(image[0, 0].numpy(), size=SIZE)
                st.image(small, width=SIZE, alt=f"The picture {name} it was shaken")
                st.markdown(
                    f"reads {article(f'**{digit}**')}  \n{_sure(float(reading[digit]))}", text_alignment="center"
                )
    with bars:
        fig = before_after_figure(readings[0].tolist(), readings[1].tolist(), names=NAMES)
        chart(fig, "cnn_shake_reading", still=True)


def _sure(chance: float) -> str:
    return f"{probability(chance)} sure"


# Feature maps before and after a picture was shaken, their difference, and maps slid back after a shift.


MAPS = 16  # of a layer, on the screen
HARDLY = 0.1  # a change below a tenth of a map's size may be called "hardly any"


def shaken_maps(trained: TrainedNetwork, before: Tensor, after: Tensor, how: str, strength: float) -> None:
    """before, after: (1, 28, 28). For shifts a switch slides the maps of `after` back."""
    layers = layer_maps(trained.model, cnn(trained), before, after)
    by = {"shift-across": (round(strength), 0), "shift-down": (0, round(strength))}.get(how)
    choose, switch = st.columns([1, 1.6], vertical_alignment="bottom", gap="large")
    names = [layer.name for layer in layers]
    with choose:
        picked = st.selectbox(
            "Layer",
            names,
            key=f"cnn_shake_layer_{crc32(' '.join(names).encode()):x}",
            bind="query-params",
            help="Whose maps to show: a convolution (conv), what follows it (norm, act) or a pooling (pool).",
        )
    with switch:
        back = by is not None and st.toggle(
            "Slide the maps back",
            key="cnn_shake_back",
            bind="query-params",
            help="Move the shifted picture's maps back by the shift, counted in the map's own places, before "
            "comparing. Only places whose window lies on pixels that both pictures have are compared.",
        )
    slid = [slide_back(layer, *by) for layer in layers] if back and by else None
    place = names.index(picked)
    _pictures(layers[place], slid[place] if slid else None)
    if slid and by:
        _told_of(layers[place], slid[place], max(by, key=abs))
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
        title = "After, slid back"
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
    few = f" Shown are the {len(chosen)} of {count} maps with most in them." if count > len(chosen) else ""
    st.caption(
        ("Orange above zero, blue below. " if signed else "Maps: dark is 0, yellow is large. ")
        + "Differences: orange where a value rose, blue where it fell. Each map has a scale "
        "of its own, the same in all three pictures." + few
    )


def _fullest(layer: LayerMaps) -> Tensor:
    """Which maps to show where there are many: those with the largest values, in their order."""
    size = (layer.before.square() + layer.after.square()).sum(dim=(1, 2))
    return torch.sort(size.topk(min(MAPS, len(size))).indices).values


def _told_of(layer: LayerMaps, slid: SlidBack | None, by: int) -> None:
    """What sliding back did to the chosen layer, or why it cannot be done."""
    stride = layer.look.stride
    if slid is not None:
        st.caption(
            f"Slid back by {abs(by) // stride} of {layer.name}'s places (one every {stride} px) "
            f"and compared at {int(slid.compared.sum()):,} of {slid.compared.numel():,} places, those whose "
            f"{layer.look.width} × {layer.look.width} pixels lie inside both pictures: it differs by "
            f"{written(slid.change)}."
        )
    elif by % stride:
        st.caption(
            f"{layer.name} has one place every {stride} pixels, and {abs(by)} is no multiple of {stride}: "
            "there is no whole number of places to slide back by. Pooling and strides keep only every second "
            "value, and after this shift they kept others."
        )
    else:
        st.caption(
            f"A place of {layer.name} looks at {layer.look.width} × {layer.look.width} pixels: none of "
            "them lies wholly inside both pictures, so there is nothing to compare away from the borders."
        )


def _claim(layers: list[LayerMaps], slid: list[SlidBack | None] | None, by: tuple[int, int] | None) -> None:
    """The text's sentence about shifts beside the numbers; for other changes the numbers alone."""
    convolutions = [k for k, layer in enumerate(layers) if layer.name.startswith("conv")]
    changes = [layers[k].change for k in convolutions]
    measured = ", ".join(f"{layers[k].name} {written(change)}" for k, change in zip(convolutions, changes, strict=True))
    if by is None:
        st.markdown(f"**Measured**, place by place: {measured} of the maps' own size.")
        return
    if not any(by):
        st.markdown("Nothing was shifted, so nothing changed. Move the slider.")
        return
    verdict = (
        "Here they hardly do."
        if max(changes) < HARDLY
        else "That is not *hardly*: place by place these are other maps."
    )
    sentence = (
        "**Claim of the lab report:** shift the picture and its feature maps hardly change.  \n"
        f"**Measured here**, place by place: {measured} of the maps' own size. {verdict}"
    )
    if slid is None:
        sentence += " But did they change, or did they only move? Slide them back."
    else:
        same = [layers[k].name for k, found in enumerate(slid) if found and found.change < 1e-5]
        if same:
            sentence += (
                f"  \n**Slid back**, {', '.join(same)} did not change at all: the maps only moved. A "
                "convolution is *equivariant*, which may be what the sentence meant."
            )
    st.markdown(sentence)
