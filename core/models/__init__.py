"""The networks, a file each. Images come in [0, 1]; normalization is a network's own first layer.

Add your own: one entry in `core.config.mlp.FAMILIES` is a new way to write the fully connected network. A new kind of
network is more than an entry, because its settings, widgets and lesson are its own: settings in core/config, with an
entry in KINDS and MATERIALS of core/config/run.py, a class here, in BUILDERS, its text in core/export, and a
page that trains it.
"""

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Generator, Tensor, nn

from core.config.run import CNNConfig, MLPConfig, ModelConfig, RecurrentConfig, RegressorConfig
from core.models.cnn import CNN
from core.models.layers import Normalize
from core.models.mlp import MLP
from core.models.raw_mlp import ManualMLP, RawMLP, RawMLPView
from core.models.recurrent import Recurrent

__all__ = ["BARE", "BUILDERS", "Network", "as_module", "build", "build_module", "linear_layers"]


class Network(Protocol):
    """What the trainer needs: call it for logits, ask it for parameters. nn.Module fits, RawMLP too."""

    def __call__(self, x: Tensor, /) -> Tensor: ...
    def parameters(self) -> object: ...


#: What builds each kind of network; a fully connected one of bare tensors is built by its family.
BUILDERS: dict[type[ModelConfig], Callable[[Any, Generator], nn.Module | RawMLP]] = {  # Any: each takes its own
    MLPConfig: MLP,
    CNNConfig: CNN,
    RegressorConfig: MLP,
    RecurrentConfig: Recurrent,
}
BARE: dict[str, type[RawMLP]] = {"raw": RawMLP, "manual": ManualMLP}


def build(
    config: ModelConfig, generator: Generator, images: Tensor | None = None, index: Tensor | None = None
) -> nn.Module | RawMLP:
    """A new network on the CPU, its start drawn from `generator` (a CPU generator).

    images: training images, in [0, 1], of which `index` (if given) names those that train; needed only where
    the network normalizes by them.
    """
    network: nn.Module | RawMLP
    if isinstance(config, MLPConfig) and config.family in BARE:
        network = BARE[config.family](config, generator)
    else:
        network = BUILDERS[type(config)](config, generator)
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
