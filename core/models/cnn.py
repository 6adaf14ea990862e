"""A convolutional network: the same small kernel slides over the whole image.

A kernel looks at a few pixels at a time and uses the same weights everywhere, so a stroke is found wherever
it lies, with far fewer weights than a fully connected layer needs (LeCun et al. 1998).
"""

import math
from collections import OrderedDict
from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Generator, Tensor, nn

from core.config.choices import Initialization
from core.config.cnn import SIDE, CNNConfig
from core.models.activations import ACTIVATION_LAYERS
from core.models.initialization import INITIAL_WEIGHTS
from core.models.layers import Flatten, MaxPool2d, Normalize, SeededDropout
from core.models.precision import Linear

_POOLS = {"max": MaxPool2d, "average": nn.AvgPool2d}


class CNN(nn.Module):
    """Pixels (N, 1, 28, 28) or (N, 784) in [0, 1] to logits (N, 10).

    layers: every layer by the name that `CNNConfig.layers` gives it: conv1, norm1, act1, pool1, …, flatten,
    fc1, fc1_norm, fc1_act, fc1_drop, out.
    """

    def __init__(self, config: CNNConfig, generator: Generator) -> None:
        super().__init__()
        self.normalize: nn.Module = Normalize() if config.normalize else nn.Identity()
        self.layers = nn.Sequential(_layers(config))
        for layer in self.layers:
            if isinstance(layer, nn.Conv2d | nn.Linear):
                draw(layer, config.init, generator)
            if isinstance(layer, nn.Conv2d) and config.frozen:
                layer.requires_grad_(False)
        self.to(memory_format=torch.channels_last)  # a pixel's channels side by side: convolutions read so

    def forward(self, x: Tensor) -> Tensor:
        x = self.normalize(x.reshape(len(x), 1, SIDE, SIDE))
        for layer in in_quick_order(list(self.layers)):
            x = layer(x)
        return x

    def walk(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """Every layer's name and output for images x, from the first layer to the logits."""
        x = self.normalize(x.reshape(len(x), 1, SIDE, SIDE))
        for name, layer in self.layers.named_children():
            x = layer(x)
            yield name, x


def in_quick_order(layers: list[nn.Module]) -> list[nn.Module]:
    """The layers as they are computed: a max pooling goes before the ReLU that stands in front of it.

    A rising function does not mind whether the largest of four is taken before or after it, and ReLU's
    gradient neither: outputs and gradients are the same to the last bit, and only a quarter of the numbers
    is bent. What a layer gives in the order in which it is written, `CNN.walk` tells.
    """
    layers = layers.copy()
    for place, (first, second) in enumerate(pairwise(layers)):
        if type(first) is nn.ReLU and isinstance(second, nn.MaxPool2d):
            layers[place : place + 2] = second, first
    return layers


def _layers(config: CNNConfig) -> "OrderedDict[str, nn.Module]":
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    shapes = {layer.name: layer.shape for layer in config.layers()}
    depth = 1
    for index, channels in enumerate(config.channels):
        number = index + 1
        layers[f"conv{number}"] = nn.Conv2d(
            depth, channels, config.kernels[index], config.strides[index], config.paddings[index]
        )
        for part in config.after_convolution(config.pools[index]):
            if part == "norm":
                layers[f"norm{number}"] = nn.BatchNorm2d(channels)
            elif part == "act":
                layers[f"act{number}"] = ACTIVATION_LAYERS[config.activation]()
            else:
                layers[f"pool{number}"] = _POOLS[config.pools[index]](2)
        depth = channels
    layers["flatten"] = Flatten()
    width = shapes["flatten"][0]
    for number, units in enumerate(config.hidden, start=1):
        layers[f"fc{number}"] = nn.Linear(width, units)
        if config.norm_hidden:
            layers[f"fc{number}_norm"] = nn.BatchNorm1d(units)
        layers[f"fc{number}_act"] = ACTIVATION_LAYERS[config.activation]()
        if config.dropout:
            layers[f"fc{number}_drop"] = SeededDropout(config.dropout)
        width = units
    layers["out"] = Linear(width, 10)
    return layers


def draw(layer: nn.Conv2d | nn.Linear, init: Initialization, generator: Generator) -> None:
    """Start a layer's weights from the run's generator; a kernel's inputs are all pixels it looks at.

    "xavier" reckons with fan_out as nn.init does: outputs times the kernel's area.
    """
    fan_in = layer.weight[0].numel()
    fan_out = layer.weight.shape[0]
    with torch.no_grad():
        weight, bias = INITIAL_WEIGHTS[init](fan_in, fan_out, generator)
        if init == "xavier" and isinstance(layer, nn.Conv2d):
            area = layer.weight[0, 0].numel()
            weight *= math.sqrt((fan_in + fan_out) / (fan_in + fan_out * area))
        layer.weight.copy_(weight.reshape(layer.weight.shape))
        assert layer.bias is not None
        layer.bias.copy_(bias)
