"""Part of "Step by step": one digit of each kind, clean above adversarial, for the reader to describe."""

import streamlit as st
import torch
from torch import Tensor, nn

from core.attacks.norms import epsilon_box, signed_step
from core.charts.images import picture
from core.data.digits import CLASSES, Mnist
from core.formatting import article, probability
from core.lessons.adversarial.pixel_gradient import pixel_gradient
from core.models.evaluation import predict
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.widgets.cached_results import data_key

WIDTH, IN_A_ROW, GAP = 112, 5, 16  # screen pixels


def describe(trained: TrainedNetwork, mnist: Mnist, epsilon: float) -> None:
    """Ten test images at the ε chosen above; what they look like is for the reader to say."""
    st.markdown("#### Describe them yourself")
    counts = [len(mnist.test.of_class(digit)) for digit in range(CLASSES)]
    most = min(counts)
    if most == 0:
        st.caption("These test images do not hold every digit, so there is nothing to line up.")
        return
    number = st.slider(
        "Which ten",
        1,
        min(50, most),
        1,
        key=f"adv_steps_ten_{min(50, most)}",
        bind="query-params",
        width=300,
        help="The first, second, third … test image of each digit.",
    )
    places = torch.stack([mnist.test.of_class(digit)[number - 1] for digit in range(CLASSES)])
    ten = mnist.test.take(places)
    signs = _signs(trained.key, data_key(mnist), number, trained.model, ten.images, ten.labels)
    attacked = signed_step(ten.images, signs, epsilon, epsilon_box(ten.images, epsilon))
    before, after = predict(trained.model, ten.images), predict(trained.model, attacked)
    with st.container(horizontal=True, gap="small", width=IN_A_ROW * WIDTH + (IN_A_ROW - 1) * GAP):
        for digit in range(CLASSES):
            with st.container(width=WIDTH, gap="xsmall"):
                for image, chances, word in (
                    (ten.images[digit], before[digit], "clean"),
                    (attacked[digit], after[digit], "adversarial"),
                ):
                    read = int(chances.argmax())
                    st.image(
                        picture(image[0].numpy(), size=WIDTH),
                        width=WIDTH,
                        alt=f"{article(digit).capitalize()}, {word}, read as {article(read)}",
                    )
                    mark = "" if read == digit else " ✗"
                    st.caption(f"**{read}**{mark} {probability(float(chances[read]))}", text_alignment="center")
    right, still = int((before.argmax(1) == ten.labels).sum()), int((after.argmax(1) == ten.labels).sum())
    st.caption(
        f"Above: clean; below: after FGSM with ε = {epsilon:g}. Under each, what the network reads and how "
        f"sure it is. It reads {right} of 10 clean ones correctly, and {still} of 10 below."
    )
    st.text_area(
        "What do you see? How would you describe the difference?",
        key="adv_steps_words",
        persist_state="session",
        placeholder="Where is the noise? Does it have a pattern? Can you still read every digit?",
        help="For yourself: kept until you close this browser tab, and sent nowhere.",
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _signs(key: str, data: str, number: int, _model: nn.Module, _images: Tensor, _labels: Tensor) -> Tensor:
    return pixel_gradient(_model, _images, _labels).sign()
