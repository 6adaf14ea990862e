"""Tab: a network's kernels from the random start to the last epoch, and what it reads on the way."""

import streamlit as st

from core.data.digits import Mnist
from core.lessons.cnn.kernels import convolutions
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn.kernel_stage import Choice, stage
from pages.ui.kit.drawing.canvas import beside_canvas
from pages.ui.kit.network.image_picker import subject
from pages.ui.kit.network.network_panel import panel

COMMON, OWN = "one for all", "each its own"
WEIGHTS, CHANGE = "weights", "change"
ROWS, COLUMNS = 8, 16  # kernels shown at once

CODE = """\
film = [copy.deepcopy(model.state_dict())]              # epoch 0: random kernels
for epoch in range(epochs):
    train_one_epoch(model)
    film.append(copy.deepcopy(model.state_dict()))

kernels = film[-1]["layers.conv2.weight"]               # (outputs, inputs, k, k)
start = film[0]["layers.conv2.weight"]
moved = (kernels - start).norm() / start.norm()

model.load_state_dict(film[2])                          # back to epoch 2
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
            help="Whose kernels are shown; conv1 receives the pixels.",
        )
    )
    what = st.segmented_control(
        "Kernels",
        [WEIGHTS, CHANGE],
        default=WEIGHTS,
        required=True,
        key="cnn_kernels_what",
        bind="query-params",
        help="The change is what training added to the random start.",
    )
    scale = st.segmented_control(
        "Color scale",
        [COMMON, OWN],
        default=COMMON,
        required=True,
        key="cnn_kernels_scale",
        bind="query-params",
        help="One for all compares kernels and epochs; its own shows the pattern of a weak kernel, too.",
    )
    convolution = layers[layer]
    inputs = _part("Input channels", convolution.in_channels, ROWS, "cnn_kernels_in")
    outputs = _part("Output channels", convolution.out_channels, COLUMNS, "cnn_kernels_out")
    picture = subject(mnist, "cnn_kernels")
    return Choice(layer, inputs, outputs, what == CHANGE, scale == COMMON, picture)


def _part(label: str, count: int, most: int, key: str) -> range:
    """Which channels to show: all, or one stretch of them where there are many."""
    if count <= most:
        return range(count)
    parts = {f"{first} to {min(first + most, count) - 1}": first for first in range(0, count, most)}
    chosen = st.selectbox(
        label,
        list(parts),
        key=f"{key}_{count}",
        bind="query-params",
        help=f"There are {count}; at most {most} are shown at once.",
    )
    return range(parts[chosen], min(parts[chosen] + most, count))
