"""Where the way back begins: what the network said minus what it should have said."""

import streamlit as st
import torch

from core.backprop.network import forward
from core.backprop.pieces import softmax
from core.charts.images import picture
from core.formatting import article, probability
from core.lessons.backprop.charts.gradients import output_error_figure
from pages.ui.backprop.subject import Subject
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.chart import chart


@st.fragment
def output_error(subject: Subject) -> None:
    """One image of the batch and its ŷ − y as bars."""
    with error_boundary():
        entropy = subject.loss == "cross-entropy"
        st.subheader("Where it starts: " + ("ŷ − y" if entropy else "z − y"), anchor=False)
        count = len(subject.batch)
        left, right = st.columns([1, 2.9], gap="large", vertical_alignment="center")
        with left:
            which = 0
            if count > 1:
                which = (
                    st.slider(
                        "Image of the batch",
                        1,
                        count,
                        1,
                        key=f"manual_check_image_{count}",
                        bind="query-params",
                        help="One of the images that the gradient is averaged over.",
                    )
                    - 1
                )
            label = int(subject.batch.labels[which])
            shown = picture(subject.batch.images[which, 0].numpy(), size=112)
            st.image(shown, width=112, alt=f"Image {which + 1} of the batch, {article(label)}")
        with torch.no_grad():
            outputs = forward(subject.layers, subject.activation, subject.x[which : which + 1]).outputs
        said = softmax(outputs)[0] if entropy else outputs[0]
        errors = said.clone()
        errors[label] -= 1
        with right:
            y_title = "ŷ − y" if entropy else "z − y"
            fig = output_error_figure(errors.tolist(), label=label, y_title=y_title, fixed=entropy)
            chart(fig, "manual_check_error", still=True)
            if entropy:
                st.caption(
                    f"It gives the {label} a probability of {probability(float(said[label]))}, so that bar "
                    f"reaches {float(errors[label]):+.2f}: push this output up. All others are pushed down "
                    "by what they were given. The bars add up to zero. Divided by N, this is δ = ∂L/∂z, and "
                    "all other gradients follow from it."
                )
            else:
                st.caption(
                    f"The output of the {label} is {float(said[label]):.2f} where 1 is wanted, all others "
                    f"should be 0. Times 2 / (N · {len(said)}), this is δ = ∂L/∂z, and all other gradients "
                    "follow from it."
                )
