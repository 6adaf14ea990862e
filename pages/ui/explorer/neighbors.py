"""Tab: the images most like a chosen or a drawn one."""

import streamlit as st
import torch

from core.charts.images import picture
from core.formatting import article
from core.lessons.explorer.neighbors import nearest
from core.models.threads import one_thread
from pages.ui.explorer import image_choice, results
from pages.ui.kit.drawing.canvas import digit_canvas
from pages.ui.kit.drawing.digit_map import digit_map
from pages.ui.kit.shell.page import controls_and_stage

FROM = {"chosen": "A chosen image", "drawn": "My drawing"}


def show() -> None:
    """Query on the left, its nearest training images on the right, and what they would vote."""
    train = results.digits("train")
    left, right = controls_and_stage(1.0, 1.6)
    with left:
        source = st.segmented_control(
            "Neighbors of",
            list(FROM),
            default="chosen",
            required=True,
            format_func=lambda name: FROM[name],
            key="data_near",
            bind="query-params",
            help="Whose nearest training images to look for: those that differ least, pixel by pixel.",
        )
        count = st.slider(
            "How many",
            1,
            60,
            15,
            key="data_near_count",
            bind="query-params",
            help="Neighbors to show, each with one vote for the digit that it is.",
        )
        if source == "drawn":
            drawing = digit_canvas("data_drawing", "As MNIST would have it, 28 × 28:")
            query, label, own = (None if drawing is None else drawing.image), None, None
        else:
            query, label, own = _chosen()
    with right:
        if query is None:
            st.info("Draw a digit and see which images it resembles.", icon=":material/draw:")
            return
        with one_thread():
            found = nearest(query, train, count, leave_out=own)
        vote = found.vote()
        agree = int((found.labels == vote).sum())
        st.markdown(f"### {agree} of {len(found.labels)} neighbors {'say' if agree > 1 else 'says'} {vote}")
        if label is not None and vote != label:
            st.caption(f":orange[Its label is {label}: likeness of pixels misleads here.]")
        digit_map(
            "data_near_view",
            images=train.images[found.positions, 0].numpy(),
            labels=found.labels.tolist(),
            names=[
                f"{image_choice.name(train, 'train', int(place))}, distance {float(distance):.2f}"
                for place, distance in zip(found.positions, found.distances, strict=True)
            ],
            title="The nearest training images, nearest first",
            on_pick=lambda mark: image_choice.choose("train", int(found.positions[mark])),
        )
        first, last = float(found.distances[0]), float(found.distances[-1])
        st.caption(
            f"Nearest first, at distances {first:.2f} to {last:.2f}: √Σ(difference²) over all pixels. "
            f"{first:.2f} is as much as {first**2:.0f} pixels flipped from black to white."
        )
        st.latex(r"d(x, x') = \sqrt{\textstyle\sum_{i=1}^{784} (x_i - x'_i)^2}")


def _chosen() -> tuple[torch.Tensor, int, int | None]:
    """The chosen image, its label, and its place among the training images if it is one."""
    split = image_choice.choose_split()
    index = image_choice.choose_index(split, None)
    chosen = results.digits(split)
    label = int(chosen.labels[index])
    st.image(picture(chosen.images[index, 0].numpy(), size=168), width=168)
    st.caption(f"{article(label).capitalize()}.")
    return chosen.images[index], label, index if split == "train" else None
