"""Activation functions by name: what bends the otherwise straight maps between layers."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.config.run import Activation

ACTIVATION_FUNCTIONS: dict[Activation, Callable[[Tensor], Tensor]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky-relu": functional.leaky_relu,
    "gelu": functional.gelu,
}

ACTIVATION_LAYERS: dict[Activation, type[nn.Module]] = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky-relu": nn.LeakyReLU,
    "gelu": nn.GELU,
}
