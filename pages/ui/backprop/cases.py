"""The two networks of the chain-rule tab, with their settings: a small one, and one that reads digits."""

from dataclasses import dataclass

import streamlit as st
import torch

from core.backprop.network import Layer
from core.backprop.small import SIZES, small_batch, small_layers
from core.backprop.step import Step
from core.backprop.walk import walk
from core.charts.images import picture
from core.config.run import Activation
from core.formatting import article
from pages.ui.backprop.networks import bare, choose_image, choose_moment
from pages.ui.kit.shell.cache import mnist

SMALL = "4 → 3 → 3"
ACTIVATIONS: list[Activation] = ["sigmoid", "tanh", "relu"]
RATES = (0.001, 0.01, 0.03, 0.1, 0.3, 1.0)


@dataclass(frozen=True, eq=False)
class Case:
    """A network on a batch, walked through."""

    layers: list[Layer]
    steps: list[Step]


def _rate() -> float:
    """The learning rate of the update."""
    return float(
        st.select_slider(
            "Learning rate η",
            RATES,
            0.1,
            key="manual_walk_lr",
            bind="query-params",
            width=170,
            format_func=lambda rate: f"{rate:g}",
            help="How far the last steps, the update, go downhill.",
        )
    )


def small_case() -> Case:
    """Activation, batch, seed and inputs of the small network. Call it inside a horizontal container."""
    activation = st.selectbox(
        "Activation σ",
        ACTIVATIONS,
        key="manual_walk_activation",
        bind="query-params",
        width=140,
        help="The function between the layers.",
    )
    images = st.segmented_control(
        "Images",
        [1, 2],
        default=2,
        required=True,
        key="manual_walk_images",
        bind="query-params",
        help="How many make the batch; the gradients of weights and biases are sums over them.",
    )
    seed = st.number_input(
        "Seed",
        0,
        999,
        1,
        key="manual_walk_seed",
        bind="query-params",
        width=130,
        help="Draws weights, biases and the first inputs, all with one decimal. 0 to 999.",
    )
    rate = _rate()
    seed, images = int(seed), int(images or 2)
    layers = small_layers(seed)
    x, labels = small_batch(seed, 2)
    with st.popover("Inputs", icon=":material/tune:", help="Change the four inputs and the right class."):
        for n in range(images):
            cells = st.columns(SIZES[0] + 1)
            for i, cell in enumerate(cells[:-1]):
                x[n, i] = cell.number_input(
                    f"x[{n},{i}]",
                    -5.0,
                    5.0,
                    float(x[n, i]),
                    0.1,
                    format="%.1f",
                    key=f"manual_x_{seed}_{n}_{i}",
                    bind="query-params",
                    help=f"Input {i} of image {n}, from −5 to 5.",
                )
            labels[n] = cells[-1].number_input(
                f"y[{n}]",
                0,
                SIZES[-1] - 1,
                int(labels[n]),
                key=f"manual_y_{seed}_{n}",
                bind="query-params",
                help=f"The right class of image {n}: 0, 1 or 2.",
            )
    steps = walk(layers, activation, x[:images], labels[:images], rate)
    return Case(layers, steps)


def big_case() -> Case:
    """Digit and weights for the network of the slides. Call it inside a horizontal container."""
    digits = mnist()
    at_start = choose_moment("manual_walk_weights")
    index = choose_image(digits, "manual_walk_image")
    image, label = digits.test.images[index], int(digits.test.labels[index])
    st.image(picture(image[0].numpy(), size=64), width=64, alt=f"Test image {index}, {article(label)}")
    st.markdown(f"{article(f'**{label}**')}")
    rate = _rate()
    net = bare("mlp-manual", at_start)
    steps = walk(net.layers, net.activation, net.vector(image), torch.tensor([label]), rate)
    return Case(net.layers, steps)
