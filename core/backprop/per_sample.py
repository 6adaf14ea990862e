"""The slides' form: one image at a time, its gradient as products of the chain rule, added up in a loop.

∂l/∂W_o = ∂l/∂z_o · ∂z_o/∂W_o and ∂l/∂W_h = ∂l/∂z_o · ∂z_o/∂a_h · ∂a_h/∂z_h · ∂z_h/∂W_h, where
z_h = W_h x + b_h is the pre-activation and a_h = σ(z_h). Exactly the numbers of `network`,
many times slower: what one writes first.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from core.backprop.network import Gradient, Layer, check
from core.backprop.pieces import MANUAL_ACTIVATIONS
from core.config.run import Activation, Reduction


def loss_and_gradients(
    layers: Sequence[Layer], activation: Activation, x: Tensor, labels: Tensor, reduction: Reduction = "mean"
) -> tuple[Tensor, list[Gradient]]:
    """Cross-entropy and its gradients for x (N, in) and labels (N,), by a loop over the N images.

    Returns what `network.loss_and_gradients` returns. Raises ConfigError as it does.
    """
    check(layers, x, labels)
    return by_loop(layers, activation, x, labels, reduction)


def by_loop(
    layers: Sequence[Layer], activation: Activation, x: Tensor, labels: Tensor, reduction: Reduction = "mean"
) -> tuple[Tensor, list[Gradient]]:
    """The loop itself, for what has been checked already: what one measures the time of."""
    with torch.no_grad():
        total = [Gradient(torch.zeros_like(w), torch.zeros_like(b)) for w, b in layers]
        loss = x.new_zeros(())
        for image, label in zip(x, labels, strict=True):
            one, gradients = _one_image(layers, activation, image, int(label))
            loss = loss + one
            for kept, new in zip(total, gradients, strict=True):
                kept.weight.add_(new.weight)
                kept.bias.add_(new.bias)
        if reduction == "mean":
            loss = loss / len(x)
            for kept in total:
                kept.weight.div_(len(x))
                kept.bias.div_(len(x))
        return loss, total


def _one_image(layers: Sequence[Layer], activation: Activation, x: Tensor, label: int) -> tuple[Tensor, list[Gradient]]:
    """The loss of one image x (in,) and its gradients: vectors, and outer products of vectors."""
    sigma = MANUAL_ACTIVATIONS[activation]
    inputs, before = [x], []
    for index, (weight, bias) in enumerate(layers):
        before.append(inputs[-1] @ weight + bias)
        if index < len(layers) - 1:
            inputs.append(sigma.value(before[-1]))
    z = before[-1]
    predicted = torch.softmax(z, dim=0)
    delta = predicted.clone()
    delta[label] -= 1  # δ = ∂l/∂z = ŷ − y
    gradients = []
    for index in reversed(range(len(layers))):
        gradients.append(Gradient(torch.outer(inputs[index], delta), delta))  # ∂l/∂W: input times δ
        if index:
            below = layers[index].weight @ delta  # ∂l/∂a: δ carried through the weights
            delta = below * sigma.derivative(before[index - 1], inputs[index])  # δ = ∂l/∂z: times σ′(z)
    return z.logsumexp(dim=0) - z[label], gradients[::-1]
