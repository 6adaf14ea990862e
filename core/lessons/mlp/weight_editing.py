"""A network edited by hand: one weight changed, one unit ablated, and what that does to its predictions.

An edit touches one column of numbers, so only what follows from it is computed again: the pre-activations of
the original network on all test images are kept, and each layer is corrected by what changed in its input.
That is why ten thousand images are classified while a slider moves.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.models import linear_layers
from core.models.inspect.layer_signals import activation_function, inputs, signals


@dataclass(frozen=True)
class WeightEdit:
    """Set the weight of linear layer `layer` (0 is the first) from unit `source` to unit `to` to `value`."""

    layer: int
    to: int
    source: int
    value: float


@dataclass(frozen=True)
class AblatedUnit:
    """Unit `unit` of hidden layer `layer` (0 is the first) has activation 0 for every image."""

    layer: int
    unit: int


Edit = WeightEdit | AblatedUnit


def edited_weights(model: nn.Module, edits: Sequence[Edit]) -> list[Tensor]:
    """The weight (out, in) of every layer after all edits; the others keep the model's own memory.

    Of two values for one weight the later counts. An ablated unit stays at 0 whatever its weights:
    the next layer's weights from it are zero.
    """
    weights = [weight for _, weight, _ in linear_layers(model)]
    own: set[int] = set()

    def at(layer: int) -> Tensor:
        if layer not in own:
            weights[layer] = weights[layer].clone()
            own.add(layer)
        return weights[layer]

    for edit in edits:
        if isinstance(edit, WeightEdit):
            at(edit.layer)[edit.to, edit.source] = edit.value
    for edit in edits:
        if isinstance(edit, AblatedUnit):
            at(edit.layer + 1)[:, edit.unit] = 0.0
    return weights


def edited_copy(model: nn.Module, edits: Sequence[Edit]) -> nn.Module:
    """A copy of the network with the edits made; the model itself stays as it is."""
    twin = deepcopy(model)
    for (_, weight, _), new in zip(linear_layers(twin), edited_weights(model, edits), strict=True):
        weight.copy_(new)
    return twin


class Prepared:
    """A network's numbers on a set of images, kept so that an edit takes effect at once. Read-only after its making.

    Holds one float32 for every image and unit: 4 MB for 10,000 images and 100 units.
    """

    def __init__(self, model: nn.Module, images: Tensor) -> None:
        self.model = model
        self.inputs = inputs(model, images)
        self.before = signals(model, images).before

    @property
    def logits(self) -> Tensor:
        """(N, 10) of the original network."""
        return self.before[-1]

    @torch.no_grad()
    def edited(self, edits: Sequence[Edit]) -> Tensor:
        """(N, 10) logits of the network with these edits."""
        activation, layers = activation_function(self.model), linear_layers(self.model)
        new = edited_weights(self.model, edits)
        moved = torch.empty(0, dtype=torch.int64)  # units of the layer below whose output changed
        shift = self.inputs[:, :0]  # by how much, (N, len(moved))
        for index, (_, old, bias) in enumerate(layers):
            touched = new[index] - old if new[index] is not old else None
            sources = touched.any(dim=0).nonzero().flatten() if touched is not None else moved[:0]
            below = self.inputs if index == 0 else self.before[index - 1]
            if len(moved) == old.shape[1]:  # everything below changed: compute the layer anew
                before = functional.linear(activation(below) + shift, new[index], bias)
            elif len(moved) or len(sources):
                before = self.before[index] + shift @ new[index][:, moved].T
                if touched is not None:
                    kept = below[:, sources]
                    kept = kept if index == 0 else activation(kept)
                    before += kept @ touched[:, sources].T
            else:
                continue
            if index == len(layers) - 1:
                return before
            rows = (
                torch.arange(len(old)) if len(moved) else touched.any(dim=1).nonzero().flatten()  # type: ignore[union-attr]
            )
            shift = activation(before[:, rows]) - activation(self.before[index][:, rows])
            moved = rows
        return self.logits
