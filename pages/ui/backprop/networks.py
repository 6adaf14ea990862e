"""Shipped networks as the bare matrices that the hand-written formulas take, and digits as their input."""

from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor, nn

from core.backprop.network import Layer
from core.config.run import Activation
from core.data.digits import Mnist
from core.models import as_module, linear_layers
from core.models.layers import Normalize
from core.training.trainer import initial_network
from pages.ui.kit.shell import choices
from pages.ui.kit.shell.cache import shipped_model
from pages.ui.kit.widgets.binding import renamed

TRAINED, FRESH = "trained", "at initialization"


@dataclass(frozen=True, eq=False)
class Bare:
    """A network as matrices, in float64: layers, activation, and the normalization before them."""

    layers: list[Layer]
    activation: Activation
    normalize: nn.Module

    def vector(self, image: Tensor) -> Tensor:
        """An image (1, 28, 28) as the first layer sees it: (1, 784)."""
        with torch.no_grad():
            seen: Tensor = self.normalize(image.reshape(1, -1)).double()
        return seen

    @property
    def sizes(self) -> str:
        """ "784 → 100 → 10"."""
        widths = [self.layers[0].weight.shape[0], *(len(layer.bias) for layer in self.layers)]
        return " → ".join(str(width) for width in widths)


@st.cache_resource(max_entries=10, show_spinner=False)
def bare(name: str, at_start: bool) -> Bare:
    """A shipped fully connected network, trained or before its first step. Shared: change nothing."""
    checkpoint = shipped_model(name)
    trained = checkpoint.model
    model = as_module(initial_network(checkpoint.config)).eval() if at_start else trained
    layers = [Layer(weight.T.double(), bias.double()) for _, weight, bias in linear_layers(model)]
    normalize = trained.normalize if isinstance(trained.normalize, Normalize) else nn.Identity()
    return Bare(layers, checkpoint.config.mlp.activation, normalize)


def choose_moment(key: str) -> bool:
    """A switch between the trained network and its initialization; whether that is chosen."""
    renamed(key, {"at its start": FRESH})
    chosen = st.segmented_control(
        "Weights",
        [TRAINED, FRESH],
        default=TRAINED,
        required=True,
        key=key,
        bind="query-params",
        help="The pretrained weights, or the same network before its first training step.",
    )
    return bool(chosen == FRESH)


def choose_image(mnist: Mnist, key: str) -> int:
    """A number field for one of the test images."""
    count = len(mnist.test)
    with choices.image_number(f"{key}_of_{count}", count):
        return int(
            st.number_input(
                "Test image",
                0,
                count - 1,
                0,
                key=f"{key}_of_{count}",
                bind="query-params",
                width=160,
                help=f"Which of the {count:,} test images, counted from 0.",
            )
        )
