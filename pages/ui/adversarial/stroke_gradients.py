"""Part of the tab on defenses: input gradients with and without adversarial training."""

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
        "First test image shown",
        0,
        last,
        0,
        step=SHOWN,
        key=f"adv_strokes_first_{mnist.size}",
        bind="query-params",
        help=f"This test image and the next {SHOWN - 1}, counted from 0.",
    )
    count = st.select_slider(
        "Test images for the averages",
        IMAGES,
        200,
        key="adv_strokes_n",
        bind="query-params",
        help="Evenly spaced over the test images; the same for all networks.",
    )
    return int(first), int(count)


def _pictures(networks: dict[str, TrainedNetwork], mnist: Mnist, first: int) -> None:
    index = torch.arange(first, min(first + SHOWN, len(mnist.test)))
    images, labels = mnist.test.images[index], mnist.test.labels[index]
    rows = {
        name: _gradients(trained.key, cached_results.data_key(mnist), tuple(index.tolist()), trained.model, mnist)
        for name, trained in networks.items()
    }
    st.markdown("Rows: the image" + "".join(f", the input gradient of **{name}**" for name in rows) + ".")
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
        "∂loss/∂pixel. Orange: a brighter pixel raises the loss; blue: a darker one does; pale: no effect. Each "
        "image has its own scale."
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
                f"{name}: on the strokes",
                percent(float(measured.near.mean())),
                width="content",
                help=f"Share of the gradient's energy (squared entries) on the strokes and {AROUND} pixel around them, "
                f"mean over the images ± {percent(_margin(measured.near))} (95% interval).",
            )
    st.markdown(describe(found))
    least = min((len(measured) for measured in found.values()), default=0)
    left_out = f" Images with zero gradient are left out: {least} remain." if least < count else ""
    st.caption(f"On {cached_results.which_images(mnist, count)}, evenly spaced.{left_out}")


def describe(found: dict[str, StrokeGradients]) -> str:
    """Whose gradient is more on the strokes, image by image, and whether it also follows their shape."""
    (first, standard), (second, robust) = list(found.items())[:2]
    if not len(standard) or not len(robust):
        return "One of the two networks has no gradient."
    area = float(robust.area.mean())
    words = f"The strokes and the pixel around them cover {percent(area, 0)} of an image. "
    if len(standard) != len(robust):
        return words + "The networks cannot be compared image by image, because some gradients are zero."
    near, less = _sides(robust.near, standard.near)
    wins = f"more than {first}'s in {near} of {len(robust)} images"
    shape = _shape(standard, robust, first, second)
    if sign_test_p_value(near, less) < LEVEL:
        return f"{words}**{second}'s gradient lies more on the strokes{_but(standard, robust)}**: {wins}.{shape}"
    if sign_test_p_value(less, near) < LEVEL:
        return f"{words}**{second}'s gradient lies less on the strokes**: {wins}.{shape}"
    return f"{words}No significant difference: {second}'s gradient lies there {wins}.{shape}"


def _but(standard: StrokeGradients, robust: StrokeGradients) -> str:
    """What speaks against its being shaped like the stroke: a few dots, and edges followed less well."""
    sparser, fuller = _sides(robust.still, standard.still)
    worse, better = _sides(standard.edges, robust.edges)
    sparse, astray = (sign_test_p_value(*sides) < LEVEL for sides in ((sparser, fuller), (worse, better)))
    if sparse and float(robust.still.mean()) > DOTS:
        return ", but it is sparse: a few pixels" + (" that follow the edges less" if astray else "")
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
        f"\n\n:small[Correlation of the gradient's magnitude with the image's edges: r = {edges[0]:.2f} ({second}), "
        f"{edges[1]:.2f} ({first}). Entries near zero (below {percent(STILL, 0)} of the largest): "
        f"{percent(still[0], 0)} ({second}), {percent(still[1], 0)} ({first}).]"
    )


def _sides(one: Tensor, other: Tensor) -> tuple[int, int]:
    """Images in which the first number is larger, and in which the second is."""
    return int((one > other).sum()), int((one < other).sum())


def _margin(values: Tensor) -> float:
    """Half of the mean's 95% interval."""
    return float(1.96 * values.std() / len(values) ** 0.5) if len(values) > 1 else float("nan")


@st.cache_resource(max_entries=24, show_spinner="Computing gradients…")
def _gradients(key: str, data: str, index: tuple[int, ...], _model: nn.Module, _mnist: Mnist) -> Tensor:
    """(N, 1, 28, 28) ∂loss/∂pixel of these test images."""
    places = list(index)
    return pixel_gradient(_model, _mnist.test.images[places], _mnist.test.labels[places])
