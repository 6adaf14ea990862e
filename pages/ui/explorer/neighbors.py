"""Tab: distances between images: nearest neighbors, outliers, near-duplicates."""

import streamlit as st
import torch

from core.charts.images import picture
from core.charts.intervals import bars
from core.charts.palette import DIGITS
from core.formatting import count
from core.lessons.explorer.neighbors import nearest
from core.models.threads import one_thread
from pages.ui.explorer import image_choice, results
from pages.ui.kit.drawing.canvas import digit_canvas
from pages.ui.kit.drawing.digit_map import digit_map
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.parts import pick_part

PART, NEAREST, OUTLIERS, DUPLICATES = "data_distances", "Nearest neighbors", "Outliers", "Near-duplicates"
FROM = {"chosen": "A chosen image", "drawn": "My drawing"}
CODE = """\
distance = (train_images - query).flatten(1).norm(dim=1)    # (N,), Euclidean
nearest = distance.topk(k, largest=False).indices
predicted = train_labels[nearest].mode().values             # the majority vote
"""


def show() -> None:
    """One of the three parts, chosen above it."""
    part = pick_part(
        PART,
        {NEAREST: (), OUTLIERS: ("data_odd",), DUPLICATES: ()},
        help="Images close to one image, far from their class mean, or almost equal.",
    )
    if part == NEAREST:
        _nearest()
    else:
        _odd_ones(part)


def _nearest() -> None:
    """Query on the left; its nearest training images on the right, and their vote."""
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
            help="The image whose nearest training images are found.",
        )
        k = st.slider(
            "Number of neighbors k",
            1,
            60,
            15,
            key="data_near_count",
            bind="query-params",
            help="Each of the k nearest training images votes for its own label.",
        )
        if source == "drawn":
            drawing = digit_canvas("data_drawing")
            query, label, own = (None if drawing is None else drawing.image), None, None
        else:
            query, label, own = _chosen()
    with right:
        if query is None:
            st.info("Draw a digit to find the training images nearest to it.", icon=":material/draw:")
            return
        with one_thread():
            found = nearest(query, train, k, leave_out=own)
        vote, n = found.vote(), len(found.labels)
        agree = int((found.labels == vote).sum())
        st.markdown(f"### {agree} of {count(n, 'neighbor')} {'vote' if agree > 1 else 'votes'} for {vote}")
        if label is not None and vote != label:
            st.caption(f":orange[The label is {label}: here the nearest images belong to another class.]")
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
            f"Nearest first. Euclidean distance $d(x, x') = \\sqrt{{\\sum_i (x_i - x'_i)^2}}$ from {first:.2f} to "
            f"{last:.2f}; {first:.2f} is as far as {first**2:.0f} pixels changed from black to white."
        )
        st.markdown("**Share of the vote**")
        chart(
            bars(found.shares().numpy(), image_choice.CLASSES, DIGITS, height=200),
            key="data_near_vote",
            still=True,
            alt=f"{agree} of {n} neighbors vote for {vote}.",
        )
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _chosen() -> tuple[torch.Tensor, int, int | None]:
    """The chosen image, its label, and its position among the training images if it is one."""
    split = image_choice.choose_split()
    index = image_choice.choose_index(split, None)
    chosen = results.digits(split)
    label = int(chosen.labels[index])
    name = image_choice.name(chosen, split, index)
    st.image(picture(chosen.images[index, 0].numpy(), size=112), width=112, alt=name)
    st.caption(f"Label: {label}")
    return chosen.images[index], label, index if split == "train" else None


def _odd_ones(part: str) -> None:
    """Outliers or near-duplicates of one class."""
    left, right = controls_and_stage(1.0, 2.6)
    with left:
        split = image_choice.choose_split()
        digit = st.pills(
            "Class",
            list(range(10)),
            default=7,
            required=True,
            key="data_odd_digit",
            bind="query-params",
            wrap=True,
            help="The class whose outliers and near-duplicates are shown.",
        )
        digit = 7 if digit is None else int(digit)
    far, pairs = results.odd_ones(results.data_name(), split, digit)
    chosen = results.digits(split)
    with right:
        if part == DUPLICATES:
            copies = int((pairs.distances == 0).sum())
            st.markdown(f"**The closest pairs of class {digit}**")
            st.caption(f"Of all pairs, {copies or 'none'} {'is an exact copy' if copies < 2 else 'are exact copies'}.")
            with st.container(horizontal=True, gap="medium"):
                for (one, other), distance in zip(pairs.positions.tolist(), pairs.distances.tolist(), strict=True):
                    with st.container(width=200, gap="small"):
                        with st.container(horizontal=True, gap="small"):
                            for place in (one, other):
                                name = image_choice.name(chosen, split, place)
                                st.image(picture(chosen.images[place, 0].numpy(), size=84), width=84, alt=name)
                        st.caption(f"{one:,} and {other:,}, distance {distance:.2f}")
            return
        st.markdown(f"**The images of class {digit} farthest from their class mean**")
        strangers = int((far.nearer != digit).sum())
        st.caption(f"{strangers} of these {len(far.positions)} lie closer to the mean of another class.")
        digit_map(
            "data_odd_view",
            images=chosen.images[far.positions, 0].numpy(),
            labels=[digit] * len(far.positions),
            names=[
                f"{image_choice.name(chosen, split, int(place))}. Nearest class mean: {int(near)}"
                for place, near in zip(far.positions, far.nearer, strict=True)
            ],
            title=f"The images of class {digit} farthest from their class mean, farthest first",
            on_pick=lambda mark: image_choice.choose(split, int(far.positions[mark])),
        )
        st.caption("Point at an image to enlarge it; click to select it. Some labels are doubtful even to people.")
