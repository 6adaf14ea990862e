"""Which network is checked, and on which images."""

from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor
from torch.nn import functional

from core.backprop.network import Layer, Loss
from core.config.run import ACTIVATIONS, Activation
from core.data.digits import Digits
from core.lessons.backprop.gradient_check import fresh_network, layers_of, quarters, small_digits, small_network
from core.models.raw_mlp import tensor_names
from pages.ui.kit.shell.cache import mnist, shipped_model
from pages.ui.kit.widgets.binding import renamed

SMALL, FRESH, TRAINED, DEEP = (
    "4 → 3 → 3, small",
    "784 → 100 → 10, untrained",
    "784 → 100 → 10, trained",
    "784 → 32 → 32 → 10, untrained",
)
renamed("manual_check_network", {name.replace("untrained", "fresh"): name for name in (FRESH, DEEP)})
NETWORKS = {SMALL: "small", FRESH: "fresh", TRAINED: "trained", DEEP: "deep"}
LOSSES: dict[str, Loss] = {"Cross-entropy": "cross-entropy", "Squared error": "squared-error"}
SPLITS = ("Training", "Test")


@dataclass(frozen=True, eq=False)
class Subject:
    """A network and a batch, all in float64. key: names both, so that results can be kept by it.

    network: one of the values of NETWORKS. x (N, in), labels (N,), target: labels or one-hot values.
    """

    key: str
    network: str
    layers: list[Layer]
    activation: Activation
    loss: Loss
    batch: Digits
    x: Tensor
    target: Tensor

    @property
    def names(self) -> list[str]:
        """W_h, b_h, W_o, b_o, or W_1, b_1, … for other depths."""
        return [name for pair in tensor_names(len(self.layers)) for name in pair]

    @property
    def tensors(self) -> list[Tensor]:
        """All weights and biases in the order of `names`."""
        return [tensor for layer in self.layers for tensor in layer]


def choose_subject() -> Subject:
    """The network, and folded away what else decides the gradient."""
    named = st.selectbox(
        "Network",
        list(NETWORKS),
        index=1,
        key="manual_check_network",
        bind="query-params",
        help="The small one classifies 0, 1 and 2 by the brightness of the image's four quarters. The trained one is "
        "the pretrained mlp-manual.",
    )
    network = NETWORKS[named]
    with st.expander("Advanced", icon=":material/tune:", key="manual_check_more"):
        return _chosen(network)


def _chosen(network: str) -> Subject:
    trained = network == "trained"
    activation = st.selectbox(
        "Activation",
        list(ACTIVATIONS),
        key="manual_check_activation",
        bind="query-params",
        disabled=trained,
        help="Between the layers. The trained network uses sigmoid.",
    )
    loss = st.selectbox(
        "Loss",
        list(LOSSES),
        key="manual_check_loss",
        bind="query-params",
        help="Softmax with cross-entropy, or squared error (z − y)² against one-hot labels; mean over the batch.",
    )
    split = st.segmented_control(
        "Split",
        list(SPLITS),
        default="Training",
        required=True,
        key="manual_check_split",
        bind="query-params",
        help="Training or test images.",
    )
    size = st.slider(
        "Batch size",
        1,
        16,
        4,
        key="manual_check_size",
        bind="query-params",
        help="The gradient is the mean over the batch.",
    )
    digits = mnist().test if split == "Test" else mnist().train
    places = small_digits(digits) if network == "small" else torch.arange(len(digits))
    last = len(places) - size
    first = st.number_input(
        "First image of the batch",
        0,
        last,
        0,
        key=f"manual_check_first_{last}",
        bind="query-params",
        help=f"0 to {last:,}; the batch is this image and those after it"
        + (", among the digits 0, 1 and 2." if network == "small" else "."),
    )
    return subject(
        network,
        "sigmoid" if trained else activation,
        LOSSES[loss],
        digits.take(places[first : first + size]),
        f"{mnist().source}/{mnist().size}/{split}/{first}/{size}",
    )


def subject(network: str, activation: Activation, loss: Loss, batch: Digits, name: str) -> Subject:
    """The network of that name (a value of NETWORKS) with a batch; `name` tells the batch from others."""
    layers = _layers(network, activation)
    x = quarters(batch) if network == "small" else batch.images.flatten(1).double()
    hot = functional.one_hot(batch.labels, len(layers[-1].bias)).double()
    return Subject(
        f"{network}/{activation}/{loss}/{name}",
        network,
        layers,
        activation,
        loss,
        batch,
        x,
        hot if loss == "squared-error" else batch.labels,
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _layers(network: str, activation: Activation) -> list[Layer]:
    if network == "small":
        return small_network()
    if network == "trained":
        return layers_of(shipped_model("mlp-manual").model)
    return fresh_network((32, 32) if network == "deep" else (100,), activation)
