"""The derivative of each operation, one small function a formula.

Each takes what the forward pass has seen and the gradient that comes from above, δ = ∂L/∂output, and returns
the gradient for what lies below: the chain rule, one link at a time. Shapes are written with N images in a
batch; tensors may be float32 or float64. Nothing here asks autograd for anything.

Source: the course slides' bonus task and the blog post's derivation; Rumelhart, Hinton & Williams 1986.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from core.config.run import Activation, Reduction


def linear(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """z = x W + b: inputs (N, in), weight (in, out), bias (out,) to pre-activations (N, out)."""
    return torch.addmm(bias, x, weight)


def weight_gradient(x: Tensor, delta: Tensor) -> Tensor:
    """∂L/∂W = xᵀ δ, (in, out): each weight's input times what is asked of its output, summed over images."""
    return x.T @ delta


def bias_gradient(delta: Tensor) -> Tensor:
    """∂L/∂b = Σₙ δₙ, (out,): a bias is a weight whose input is always 1."""
    return delta.sum(dim=0)


def input_gradient(delta: Tensor, weight: Tensor) -> Tensor:
    """∂L/∂x = δ Wᵀ, (N, in): what is asked of the layer's inputs, the only way to the layers below."""
    return delta @ weight.T


@dataclass(frozen=True)
class ManualActivation:
    """An activation function and its slope.

    value: a = σ(z), any shape. derivative: σ′, from the pre-activation z and the activation a = σ(z), which the
    forward pass has computed already and which makes σ′ cheap for sigmoid, tanh and ReLU.
    """

    value: Callable[[Tensor], Tensor]
    derivative: Callable[[Tensor, Tensor], Tensor]


def _gelu_derivative(before: Tensor, after: Tensor) -> Tensor:
    """Φ(z) + z φ(z), for z Φ(z) with the normal distribution Φ (Hendrycks & Gimpel 2016)."""
    density = torch.exp(-before.square() / 2) / math.sqrt(2 * math.pi)
    share: Tensor = torch.special.ndtr(before)
    return share + before * density


MANUAL_ACTIVATIONS: dict[Activation, ManualActivation] = {
    "sigmoid": ManualActivation(
        torch.sigmoid, lambda before, after: torch.addcmul(after, after, after, value=-1)
    ),  # a − a²
    "tanh": ManualActivation(torch.tanh, lambda before, after: 1 - after.square()),
    "relu": ManualActivation(torch.relu, lambda before, after: (before > 0).to(before.dtype)),
    "leaky-relu": ManualActivation(
        torch.nn.functional.leaky_relu,
        lambda before, after: torch.where(before > 0, before.new_tensor(1.0), before.new_tensor(0.01)),
    ),
    "gelu": ManualActivation(torch.nn.functional.gelu, _gelu_derivative),
}


def softmax(z: Tensor) -> Tensor:
    """ŷ = exp(z) / Σ exp(z), (N, K): outputs as probabilities. The largest is taken off first, so that no
    exponential overflows; the quotient does not notice."""
    shifted = (z - z.max(dim=1, keepdim=True).values).exp_()
    return shifted.div_(shifted.sum(dim=1, keepdim=True))


def cross_entropy(z: Tensor, labels: Tensor, reduction: Reduction = "mean") -> tuple[Tensor, Tensor]:
    """Softmax and cross-entropy as one: (L, ∂L/∂z) for outputs z (N, K) and labels (N,).

    L = −log ŷ[label] in nats, averaged or summed over the batch. Its gradient is (ŷ − y), with y one-hot,
    divided by N for the mean: what the network said minus what it should have said.
    """
    logs = torch.log_softmax(z, dim=1)  # log ŷ; exact where ŷ itself would underflow to 0
    loss = functional.nll_loss(logs, labels, reduction=reduction)  # −log ŷ[label]
    delta = logs.exp_().scatter_(1, labels[:, None], -1.0, reduce="add")  # ŷ − y
    return loss, delta if reduction == "sum" else delta.div_(len(z))


def squared_error(z: Tensor, target: Tensor, reduction: Reduction = "mean") -> tuple[Tensor, Tensor]:
    """(L, ∂L/∂z) of the squared error against targets (N, K): L = mean or sum of (z − y)² over all N·K."""
    difference = z - target
    scale = 1.0 if reduction == "sum" else 1.0 / difference.numel()
    return difference.square().sum() * scale, difference * (2 * scale)
