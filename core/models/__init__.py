"""The networks. `MODELS` maps a family's name to the code that builds it.

Add your own: a file here and an entry in MODELS. Images come in [0, 1]; normalization is the network's own first layer.
"""

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Generator, Tensor, nn

from core.config.run import ModelConfig
from core.models.cnn import CNN
from core.models.layers import Normalize
from core.models.manual_mlp import ManualMLP
from core.models.mlp import MLP
from core.models.my_linear import MyMLP
from core.models.raw_mlp import RawMLP, RawMLPView
from core.models.recurrent import Recurrent

__all__ = ["MODELS", "Network", "as_module", "build", "build_module", "linear_layers"]


class Network(Protocol):
    """What the trainer needs: call it for logits, ask it for parameters. nn.Module fits, RawMLP too."""

    def __call__(self, x: Tensor, /) -> Tensor: ...
    def parameters(self) -> object: ...


MODELS: dict[str, Callable[[Any, Generator], nn.Module | RawMLP]] = {  # Any: each takes its own config
    "module": MLP,
    "raw": RawMLP,
    "manual": ManualMLP,
    "my-linear": MyMLP,
    "cnn": CNN,
    "regressor": MLP,
    "recurrent": Recurrent,
}


def build(
    config: ModelConfig, generator: Generator, images: Tensor | None = None, index: Tensor | None = None
) -> nn.Module | RawMLP:
    """A new network on the CPU, its start drawn from `generator` (a CPU generator).

    images: training images, in [0, 1], of which `index` (if given) names those that train; needed only where
    the network normalizes by them.
    """
    network = MODELS[config.family](config, generator)
    if images is not None and isinstance(network.normalize, Normalize):
        network.normalize.fit(images, index)
    return network


def as_module(network: nn.Module | RawMLP) -> nn.Module:
    """The network as an nn.Module that shares its weights (an nn.Module is returned as it is)."""
    return network if isinstance(network, nn.Module) else RawMLPView(network)


def build_module(config: ModelConfig, seed: int = 0) -> nn.Module:
    """The network of `config` as an nn.Module, ready to load weights into."""
    return as_module(build(config, torch.Generator().manual_seed(seed)))


def linear_layers(model: nn.Module) -> list[tuple[str, Tensor, Tensor]]:
    """(name, weight (out, in), bias (out,)) of every fully connected layer, first layer first.

    Weights are views on the model's own memory whatever its family: raw tensors, kept as (in, out), are
    turned. Change a copy of the model, never a shared one.
    """
    if isinstance(model, RawMLPView):
        return [(w, model.get_parameter(w).detach().T, model.get_parameter(b).detach()) for w, b in model.names]
    found = []
    for name, layer in model.named_modules():
        weight, bias = getattr(layer, "weight", None), getattr(layer, "bias", None)
        if isinstance(weight, Tensor) and weight.dim() == 2 and isinstance(bias, Tensor):
            found.append((name, weight.detach(), bias.detach()))
    return found
