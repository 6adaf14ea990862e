"""Tab: a network's kernels from initialization to the last epoch, and what it predicts on the way."""

import streamlit as st

from core.data.digits import Mnist
from core.lessons.cnn.kernels import convolutions
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn.kernel_stage import Choice, stage
from pages.ui.kit.drawing.canvas import beside_canvas
from pages.ui.kit.network.image_picker import subject
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.widgets.binding import renamed

COMMON, OWN = "shared", "per kernel"
renamed("cnn_kernels_scale", {"one for all": COMMON, "each its own": OWN})
WEIGHTS, CHANGE = "weights", "change"
ROWS, COLUMNS = 8, 16  # kernels shown at once

CODE = """\
history = [copy.deepcopy(model.state_dict())]           # epoch 0: initial weights
for epoch in range(epochs):
    train_one_epoch(model)
    history.append(copy.deepcopy(model.state_dict()))

kernels = history[-1]["layers.conv2.weight"]            # (out channels, in channels, k, k)
initial = history[0]["layers.conv2.weight"]
change = (kernels - initial).norm() / initial.norm()

model.load_state_dict(history[2])                       # back to epoch 2
accuracy = (model(test_images).argmax(1) == labels).float().mean()
"""


@panel
def kernels(trained: TrainedNetwork, mnist: Mnist) -> None:
    """What to look at on the left; the epoch slider and all that moves with it on the right."""
    left, right = beside_canvas()
    with left:
        choice = _choice(trained, mnist)
    with right:
        stage(trained, mnist, choice)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _choice(trained: TrainedNetwork, mnist: Mnist) -> Choice:
    layers = convolutions(trained.model)
    layer = str(
        st.selectbox(
            "Layer",
            list(layers),
            index=min(1, len(layers) - 1),
            key=f"cnn_kernels_layer_{len(layers)}",
            bind="query-params",
            help="Layer whose kernels are shown; conv1 receives the pixels.",
        )
    )
    what = st.segmented_control(
        "Kernels",
        [WEIGHTS, CHANGE],
        default=WEIGHTS,
        required=True,
        key="cnn_kernels_what",
        bind="query-params",
        help="The change is trained weight minus initial weight.",
    )
    convolution = layers[layer]
    advanced = st.expander("Advanced", icon=":material/tune:")
    scale = advanced.segmented_control(
        "Color scale",
        [COMMON, OWN],
        default=COMMON,
        required=True,
        key="cnn_kernels_scale",
        bind="query-params",
        help="A shared scale compares kernels and epochs; one per kernel also shows the pattern of small weights.",
    )
    with advanced:
        inputs = _part("Input channels", convolution.in_channels, ROWS, "cnn_kernels_in")
        outputs = _part("Output channels", convolution.out_channels, COLUMNS, "cnn_kernels_out")
    image = subject(mnist, "cnn_kernels")
    return Choice(layer, inputs, outputs, what == CHANGE, scale == COMMON, image)


def _part(label: str, count: int, most: int, key: str) -> range:
    """Which channels to show: all, or one stretch of them where there are many."""
    if count <= most:
        return range(count)
    parts = {f"{first} to {min(first + most, count) - 1}": first for first in range(0, count, most)}
    chosen = st.selectbox(
        label, list(parts), key=f"{key}_{count}", bind="query-params", help=f"{count} channels, {most} at a time."
    )
    return range(parts[chosen], min(parts[chosen] + most, count))
