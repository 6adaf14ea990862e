"""Which image goes through the network: a test image, or the digit on the canvas."""

from dataclasses import dataclass

import streamlit as st
from torch import Tensor

from core.charts.images import picture
from core.data.digits import Mnist
from core.formatting import article
from pages.ui.kit.drawing.canvas import digit_canvas
from pages.ui.kit.shell import choices

TEST, DRAWN = "a test image", "my own drawing"
SOURCES = {"test": TEST, "drawn": DRAWN}
NAMED = {title: name for name, title in SOURCES.items()}
WIDTH = 340  # screen pixels of the number and its picture


@dataclass(frozen=True, eq=False)
class Subject:
    """An image (1, 28, 28) in [0, 1], and its label where it is known."""

    image: Tensor
    label: int | None


def subject(mnist: Mnist, key: str, canvas: str = "cnn_draw", first: int = 4) -> Subject:
    """Let the reader choose; number 4 of the test images first, as in the lab report.

    key: begins the widgets' keys. canvas: one and the same wherever it appears on a page. first: the test
    image shown at the start.
    """
    with choices.shared(choices.SOURCE, f"{key}_subject", into=SOURCES.get, out_of=NAMED.get):
        kind = st.segmented_control(
            "Image",
            [TEST, DRAWN],
            default=TEST,
            required=True,
            key=f"{key}_subject",
            bind="query-params",
            help="One of MNIST's test images by its number, or a digit that you draw.",
        )
    if kind == DRAWN:
        drawing = digit_canvas(canvas)
        if drawing is not None:
            return Subject(drawing.image, None)
        st.caption("Until you draw, this is the test image.")
    with st.container(width=WIDTH):  # a number of five digits needs no more, however wide the page
        choose, show = st.columns([2, 1], vertical_alignment="bottom")
    number = f"{key}_index_{mnist.size}"
    with choose, choices.image_number(number, len(mnist.test)):
        index = int(
            st.number_input(
                "Test image number",
                0,
                len(mnist.test) - 1,
                first,
                key=number,
                bind="query-params",
                help="Which of the test images, counted from 0.",
            )
        )
    label = int(mnist.test.labels[index])
    with show:
        small = picture(mnist.test.images[index, 0].numpy(), size=84)
        st.image(small, width=84, alt=f"Test image {index}, {article(label)}")
    return Subject(mnist.test.images[index], label)
