"""Part of the tab on defense: which pixels move the loss, with and without training on attacks."""

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.charts.images import picture, shade
from core.charts.palette import DIVERGING
from core.data.digits import Mnist
from core.data.splits import evenly_spaced
from core.formatting import article, percent
from core.lessons.adversarial.pixel_gradients import AROUND, STILL, StrokeGradients, pixel_gradient, stroke_gradients
from core.models.paired_test import sign_test_p_value
from core.models.threads import one_thread
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.widgets import cached_results

SIDE = 84  # screen pixels of an image
IMAGES = (100, 200, 500, 1000)
SHOWN = 6
LEVEL = 0.05
DOTS = 0.9  # share of pixels near zero from which on the rest are a few dots


def stroke_gradients_part(networks: dict[str, TrainedNetwork], mnist: Mnist) -> None:
    """A row of digits with each network's gradient, and how much of it lies on the strokes."""

    @st.fragment
    @one_thread()
    def body() -> None:
        with error_boundary():
            left, right = controls_and_stage()
            with left:
                first, count = _controls(mnist)
            with right:
                _pictures(networks, mnist, first)
                _numbers(networks, mnist, min(count, len(mnist.test)))

    body()


def _controls(mnist: Mnist) -> tuple[int, int]:
    last = max(0, len(mnist.test) - SHOWN)
    first = st.number_input(
        "First digit shown (test image)",
        0,
        last,
        0,
        step=SHOWN,
        key=f"adv_strokes_first_{mnist.size}",
        bind="query-params",
        help=f"This test image and the {SHOWN - 1} after it, counted from 0.",
    )
    count = st.select_slider(
        "Images for the numbers",
        IMAGES,
        200,
        key="adv_strokes_n",
        bind="query-params",
        help="Spaced evenly over the test images; the same for all networks.",
    )
    return int(first), int(count)


def _pictures(networks: dict[str, TrainedNetwork], mnist: Mnist, first: int) -> None:
    index = torch.arange(first, min(first + SHOWN, len(mnist.test)))
    images, labels = mnist.test.images[index], mnist.test.labels[index]
    rows = {
        name: _gradients(trained.key, cached_results.data_key(mnist), tuple(index.tolist()), trained.model, mnist)
        for name, trained in networks.items()
    }
    st.markdown("From above: the image" + "".join(f", **{name}**" for name in rows) + ".")
    with st.container(horizontal=True, gap="small", key="adv_strokes_pictures"):
        for place, image in enumerate(images):
            with st.container(width=SIDE, gap="small"):
                label = int(labels[place])
                st.image(picture(image[0].numpy(), size=SIDE), width=SIDE, alt=article(label).capitalize())
                for name, gradients in rows.items():
                    st.image(
                        signed(gradients[place, 0].numpy()),
                        width=SIDE,
                        alt=f"Gradient of the loss of {name} for this {label}",
                    )
    st.caption(
        "∂loss/∂pixel: orange, more ink here raises the loss; blue, less ink does; pale, the network does "
        "not care. Each image has its own scale."
    )


def signed(gradient: NDArray[np.float32]) -> NDArray[np.uint8]:
    """One gradient (28, 28) as enlarged bytes on its own scale; all pale where it is zero."""
    largest = float(np.abs(gradient).max())
    shaded = shade(gradient / largest if largest > 0 else gradient, DIVERGING)
    return shaded.repeat(SIDE // 28, axis=0).repeat(SIDE // 28, axis=1)


def _numbers(networks: dict[str, TrainedNetwork], mnist: Mnist, count: int) -> None:
    index = tuple(evenly_spaced(len(mnist.test), count).tolist())
    images = mnist.test.images[list(index)]
    found: dict[str, StrokeGradients] = {}
    for name, trained in networks.items():
        gradients = _gradients(trained.key, cached_results.data_key(mnist), index, trained.model, mnist)
        found[name] = stroke_gradients(images, gradients)
    with st.container(horizontal=True, gap="medium"):
        for name, measured in found.items():
            if not len(measured):
                st.metric(name, "no gradient", width="content")
                continue
            st.metric(
                f"{name}, on the strokes",
                percent(float(measured.near.mean())),
                f"± {percent(_margin(measured.near))}; along edges r = {float(measured.edges.mean()):.2f}; "
                f"{percent(float(measured.still.mean()), 0)} near zero",
                width="content",
                delta_color="off",
                delta_arrow="off",
                help=f"Share of the gradient's energy (squares) on ink and {AROUND} pixel around it, mean "
                "over the images and its 95% interval. r: correlation of the gradient's size with the "
                "steepness of the image, mean over the images. Near zero: share of pixels whose gradient "
                f"is below {percent(STILL, 0)} of the image's largest.",
            )
    st.markdown(describe(found))
    least = min((len(measured) for measured in found.values()), default=0)
    left_out = f" Where the gradient is zero an image is left out: {least} remain." if least < count else ""
    st.caption(f"On {cached_results.which_images(mnist, count)}, spaced evenly.{left_out}")


def describe(found: dict[str, StrokeGradients]) -> str:
    """Whose gradient is more on the strokes, image by image, and whether it also follows their shape."""
    (first, standard), (second, robust) = list(found.items())[:2]
    if not len(standard) or not len(robust):
        return "One of the two has no gradient at all."
    area = float(robust.area.mean())
    words = f"Strokes and the pixel around them are {percent(area, 0)} of an image. "
    if len(standard) != len(robust):
        return words + "The two cannot be compared image by image: some gradients are zero."
    near, less = _sides(robust.near, standard.near)
    wins = f"in {near} of {len(robust)} images more of {second}'s gradient lies there than of {first}'s"
    shape = _shape(standard, robust, first, second)
    if sign_test_p_value(near, less) < LEVEL:
        return f"{words}**{second}'s gradient lies more on the strokes{_but(standard, robust)}**: {wins}.{shape}"
    if sign_test_p_value(less, near) < LEVEL:
        return f"{words}**Here it is the other way round**: only {wins}.{shape}"
    return f"{words}No difference beyond chance: {wins}.{shape}"


def _but(standard: StrokeGradients, robust: StrokeGradients) -> str:
    """What speaks against its being shaped like the stroke: a few dots, and edges followed less well."""
    sparser, fuller = _sides(robust.still, standard.still)
    worse, better = _sides(standard.edges, robust.edges)
    sparse, astray = (sign_test_p_value(*sides) < LEVEL for sides in ((sparser, fuller), (worse, better)))
    if sparse and float(robust.still.mean()) > DOTS:
        return ", but it is sparse: a few dots" + (" that follow the edges less" if astray else "")
    if sparse:
        return ", but on fewer pixels" + (" and follows the edges less" if astray else "")
    if astray:
        return ", but it follows the edges less"
    return " and follows the edges more" if sign_test_p_value(better, worse) < LEVEL else ""


def _shape(standard: StrokeGradients, robust: StrokeGradients, first: str, second: str) -> str:
    edges, still = (
        [float(getattr(measured, name).mean()) for measured in (robust, standard)] for name in ("edges", "still")
    )
    return (
        f" Along edges: r = {edges[0]:.2f} against {first}'s {edges[1]:.2f}. Near zero are "
        f"{percent(still[0], 0)} of the pixels in {second}'s gradient, {percent(still[1], 0)} in {first}'s."
    )


def _sides(one: Tensor, other: Tensor) -> tuple[int, int]:
    """Images in which the first number is larger, and in which the second is."""
    return int((one > other).sum()), int((one < other).sum())


def _margin(values: Tensor) -> float:
    """Half of the mean's 95% interval."""
    return float(1.96 * values.std() / len(values) ** 0.5) if len(values) > 1 else float("nan")


@st.cache_resource(max_entries=24, show_spinner="Asking for gradients…")
def _gradients(key: str, data: str, index: tuple[int, ...], _model: nn.Module, _mnist: Mnist) -> Tensor:
    """(N, 1, 28, 28) ∂loss/∂pixel of these test images."""
    places = list(index)
    return pixel_gradient(_model, _mnist.test.images[places], _mnist.test.labels[places])
