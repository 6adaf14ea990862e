"""What flows through a fully connected network: the numbers before and after the bend of every layer.

The three ways of building our networks (torch.nn, hand-written layers, bare tensors) have no common place to
hang a hook on, and a hook on a network that thirty browsers share would hear all of them. So the layers are
gone through here, in the four lines that every MLP is, and nothing is attached to the model. Dropout is left
out, as in eval mode.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.config.run import Reduction
from core.models import linear_layers
from core.models.raw_mlp import RawMLPView

ActivationFunction = Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Signals:
    """Numbers on their way through L linear layers, for N images; no gradients attached.

    inputs: (N, 784) what the first layer receives (normalized, where the network normalizes).
    before: L tensors (N, units): x W + b of each layer, before the bend; the last are the logits.
    after: L − 1 tensors (N, units): what the hidden layers pass on.
    """

    inputs: Tensor
    before: list[Tensor]
    after: list[Tensor]

    @property
    def logits(self) -> Tensor:
        """(N, 10), one number a digit."""
        return self.before[-1]


@dataclass(frozen=True, eq=False)
class Gradients:
    """loss on a batch, and ∂loss/∂W (out, in), ∂loss/∂b (out,) of every linear layer, first layer first."""

    loss: float
    weights: list[Tensor]
    biases: list[Tensor]


def activation_function(model: nn.Module) -> ActivationFunction:
    """The activation function between a network's layers (the identity if it has one layer only)."""
    if isinstance(model, RawMLPView):
        return model.activation
    layers = getattr(model, "layers", None)
    if not isinstance(layers, nn.Sequential):
        raise TypeError(f"{type(model).__name__} is not a fully connected network of this lab.")
    return layers[1] if len(layers) > 1 else nn.Identity()


def inputs(model: nn.Module, images: Tensor) -> Tensor:
    """(N, 784): images (N, 1, 28, 28) in [0, 1] as the first linear layer receives them."""
    assert isinstance(model.normalize, nn.Module)
    with torch.no_grad():
        flat: Tensor = model.normalize(images.flatten(1))
    return flat


def signals(model: nn.Module, images: Tensor) -> Signals:
    """Send images (N, 1, 28, 28) through the network and keep everything on the way."""
    first, activation = inputs(model, images), activation_function(model)
    layers = linear_layers(model)
    x, before, after = first, [], []
    with torch.no_grad():
        for index, (_, weight, bias) in enumerate(layers):
            before.append(functional.linear(x, weight, bias))
            if index < len(layers) - 1:
                x = activation(before[-1])
                after.append(x)
    return Signals(first, before, after)


def gradients(model: nn.Module, images: Tensor, labels: Tensor, reduction: Reduction = "mean") -> Gradients:
    """The gradient of the cross-entropy on a batch, by autograd and on a copy: the model is left alone.

    images: (N, 1, 28, 28) in [0, 1]; labels: (N,).
    """
    twin = deepcopy(model).eval()
    twin.requires_grad_(True)
    twin.zero_grad()
    loss = functional.cross_entropy(twin(images), labels, reduction=reduction)
    loss.backward()  # type: ignore[no-untyped-call]
    found = [p.grad if p.grad is not None else torch.zeros_like(p) for p in twin.parameters()]
    weights, biases = found[0::2], found[1::2]  # parameters come as W, b of the first layer, W, b of the next
    if isinstance(twin, RawMLPView):
        weights = [gradient.T for gradient in weights]
    return Gradients(loss.item(), weights, biases)


def derivative(activation: ActivationFunction, at: Tensor) -> Tensor:
    """The activation's derivative at every element of `at` (any shape), by autograd: what gets through."""
    point = at.detach().clone().requires_grad_()
    (found,) = torch.autograd.grad(activation(point).sum(), point)
    return found
