"""The networks one checks gradients in: small enough to check whole, or those that read digits."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.backprop.network import Layer
from core.config.run import Activation, MLPConfig
from core.config.seeds import stream
from core.data.digits import Digits
from core.models import linear_layers
from core.models.initialization import INITIAL_WEIGHTS, initial_weights

SMALL_CLASSES = 3


def small_network(seed: int = 0) -> list[Layer]:
    """4 → 3 → 3: 27 weights and biases, drawn from N(0, 1), for the ink in the quarters of a 0, 1 or 2."""
    generator = stream(seed, "weights")
    pairs = [INITIAL_WEIGHTS["normal"](n_in, n_out, generator) for n_in, n_out in ((4, 3), (3, 3))]
    return [Layer(weight.T.contiguous().double(), bias.double()) for weight, bias in pairs]


def fresh_network(hidden: Sequence[int], activation: Activation, seed: int = 0) -> list[Layer]:
    """784 → hidden… → 10 in float64 as it starts, with PyTorch's own initialization."""
    start = initial_weights(MLPConfig(hidden=tuple(hidden), activation=activation), stream(seed, "weights"))
    return [Layer(weight.T.contiguous().double(), bias.double()) for weight, bias in start]


def layers_of(model: nn.Module) -> list[Layer]:
    """The fully connected layers of a network, copied to float64; weights (in, out)."""
    return [Layer(weight.T.double().contiguous(), bias.double().clone()) for _, weight, bias in linear_layers(model)]


def quarters(digits: Digits) -> Tensor:
    """The mean ink (N, 4), in [0, 1], of each image's quarters: top left, top right, bottom left, bottom
    right."""
    return functional.avg_pool2d(digits.images, 14).flatten(1).double()


def small_digits(digits: Digits) -> Tensor:
    """Positions (n,) of the digits 0, 1 and 2, which are all that the small network tells apart."""
    return torch.nonzero(digits.labels < SMALL_CLASSES).flatten()
