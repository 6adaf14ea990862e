"""Tab: shake a picture and see what the network, its maps and its accuracy do."""

import streamlit as st

from core.data.digits import Mnist
from core.lessons.cnn.transforms import TRANSFORMS
from pages.ui.cnn.robustness_curves import strength_curves
from pages.ui.cnn.transformed_maps import shaken_maps
from pages.ui.cnn.transformed_prediction import shaken_reading
from pages.ui.kit.network.image_picker import subject
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.shell.layout import controls_and_stage

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
def robustness(trained: Trained, mnist: Mnist) -> None:
    """One picture before and after, its feature maps, and accuracy against strength for all networks."""
    st.markdown(
        "How much can a picture be shaken before the network reads something else, and what becomes of its "
        "feature maps?"
    )
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
