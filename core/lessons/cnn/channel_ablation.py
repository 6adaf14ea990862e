"""A convolutional network operated on: channels switched off, kernels rewritten; always on a copy."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.config.errors import LabError
from core.models.cnn import CNN

Off = Mapping[int, Collection[int]]  # block (1 is the first) -> channels that pass on zero


class KernelPlace(NamedTuple):
    """One k×k kernel: in block `block` (1 is the first), to channel `to`, from channel `source` before it."""

    block: int
    to: int
    source: int


class Silenced(nn.Module):
    """An activation some of whose channels give zero everywhere, whatever they receive.

    What follows, pooling and the next layer, receives zeros from them. (Zeroing the kernel instead would
    still pass on the bias, and batch norm would turn any constant into its own β.)
    """

    def __init__(self, activation: nn.Module, channels: Collection[int]) -> None:
        super().__init__()
        self.activation = activation
        self.register_buffer("off", torch.tensor(sorted(channels), dtype=torch.int64))

    def forward(self, x: Tensor) -> Tensor:
        off = self.get_buffer("off")
        return self.activation(x).index_fill(1, off, 0.0)  # type: ignore[no-any-return]


def operated(model: nn.Module, off: Off, kernels: Mapping[KernelPlace, Tensor]) -> CNN:
    """A copy of the network, those channels off and those kernels (k, k) in place; `model` stays as it is.

    Raises LabError where a channel or kernel does not exist, or a number of a kernel is none.
    """
    assert isinstance(model, CNN)
    twin = deepcopy(model).eval()
    for place, kernel in kernels.items():
        weight = _layer(twin, f"conv{place.block}").get_parameter("weight")
        if not (0 <= place.to < weight.shape[0] and 0 <= place.source < weight.shape[1]):
            raise LabError(f"Convolution {place.block} has no kernel to {place.to} from {place.source}.")
        if kernel.shape != weight.shape[2:] or not bool(kernel.isfinite().all()):
            raise LabError("Every cell of a kernel needs a number: fill in the empty ones.")
        with torch.no_grad():
            weight[place.to, place.source] = kernel
    for block, channels in off.items():
        if channels:
            count = _layer(twin, f"conv{block}").get_parameter("weight").shape[0]
            if not all(0 <= channel < count for channel in channels):
                raise LabError(f"Convolution {block} has channels 0 to {count - 1}.")
            setattr(twin.layers, f"act{block}", Silenced(_layer(twin, f"act{block}"), channels))
    return twin


@torch.no_grad()
def without_each_channel(
    model: nn.Module, block: int, images: Tensor, labels: Tensor, chunk: int = 100
) -> tuple[int, list[int]]:
    """How many of images (N, 1, 28, 28) are classified correctly: with all channels, and without each of a block.

    What comes before the block is computed once, what comes after once a channel. model: in eval mode, only
    read. Returns (correct, [correct without channel 0, …]).
    """
    assert isinstance(model, CNN)
    names = [name for name, _ in model.layers.named_children()]
    cut = names.index(f"act{block}") + 1
    before, after = model.layers[:cut], model.layers[cut:]
    channels = _layer(model, f"conv{block}").get_parameter("weight").shape[0]
    whole, single = 0, [0] * channels
    for start in range(0, len(images), chunk):
        some, answers = images[start : start + chunk], labels[start : start + chunk]
        maps = before(model.normalize(some))
        whole += int((after(maps).argmax(1) == answers).sum())
        for channel in range(channels):
            kept = maps[:, channel].clone()
            maps[:, channel] = 0.0
            single[channel] += int((after(maps).argmax(1) == answers).sum())
            maps[:, channel] = kept
    return whole, single


def _layer(model: CNN, name: str) -> nn.Module:
    for found, layer in model.layers.named_children():
        if found == name:
            return layer
    raise LabError(f"This network has no layer {name!r}.")
