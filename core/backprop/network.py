"""Forward and backward through a whole network, for a batch at once: the chain rule as matrix products.

    for each layer:   z = x W + b,  a = σ(z)            keep x, z and a: the tape
    at the end:       δ = ∂L/∂z = (ŷ − y) / N
    back, per layer:  ∂L/∂W = xᵀ δ,  ∂L/∂b = Σ δ,  δ ← (δ Wᵀ) · σ′(z)

Every rule stands in `Rules`, so that a lesson can plant a mistake in one of them and see what follows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import torch
from torch import Generator, Tensor

from core.backprop import pieces
from core.backprop.pieces import MANUAL_ACTIVATIONS, ManualActivation
from core.config.run import Activation, Reduction
from core.config.validation import require

Loss = Literal["cross-entropy", "squared-error"]
LOSSES: dict[Loss, Callable[[Tensor, Tensor, Reduction], tuple[Tensor, Tensor]]] = {
    "cross-entropy": pieces.cross_entropy,
    "squared-error": pieces.squared_error,
}


class Layer(NamedTuple):
    """A linear layer: weight (in, out), bias (out,)."""

    weight: Tensor
    bias: Tensor


class Gradient(NamedTuple):
    """∂L/∂W (in, out) and ∂L/∂b (out,) of a layer."""

    weight: Tensor
    bias: Tensor


@dataclass(frozen=True)
class Tape:
    """What the forward pass leaves for the backward pass.

    inputs: what each layer received, (N, in); the first is x itself. before: each layer's pre-activations z,
    (N, out); the last are the outputs.
    """

    inputs: list[Tensor]
    before: list[Tensor]

    @property
    def outputs(self) -> Tensor:
        """The network's outputs, (N, K): the last z."""
        return self.before[-1]


@dataclass(frozen=True)
class Rules:
    """The rules of the backward pass, each with the signature of its right form in `pieces`.

    derivative: (bend, z, a) → σ′. loss: (outputs, target, reduction) → (L, ∂L/∂z), or None for the loss's own.
    """

    weight: Callable[[Tensor, Tensor], Tensor] = pieces.weight_gradient
    bias: Callable[[Tensor], Tensor] = pieces.bias_gradient
    inputs: Callable[[Tensor, Tensor], Tensor] = pieces.input_gradient
    derivative: Callable[[ManualActivation, Tensor, Tensor], Tensor] = lambda sigma, z, a: sigma.derivative(z, a)
    loss: Callable[[Tensor, Tensor, Reduction], tuple[Tensor, Tensor]] | None = None


RIGHT = Rules()


def forward(layers: Sequence[Layer], activation: Activation, x: Tensor) -> Tape:
    """Run x (N, in) through the layers, with the activation between them, and keep what was seen."""
    sigma = MANUAL_ACTIVATIONS[activation].value
    inputs: list[Tensor] = []
    before: list[Tensor] = []
    for index, (weight, bias) in enumerate(layers):
        x = sigma(before[-1]) if index else x
        inputs.append(x)
        before.append(pieces.linear(x, weight, bias))
    return Tape(inputs, before)


def backward(
    layers: Sequence[Layer], activation: Activation, tape: Tape, delta: Tensor, rules: Rules = RIGHT
) -> list[Gradient]:
    """The gradient of every layer, first layer first, from δ = ∂L/∂z (N, K) by the chain rule."""
    sigma = MANUAL_ACTIVATIONS[activation]
    gradients = []
    for index in reversed(range(len(layers))):
        seen = tape.inputs[index]
        gradients.append(Gradient(rules.weight(seen, delta), rules.bias(delta)))
        if index:
            derivative = rules.derivative(sigma, tape.before[index - 1], seen)
            delta = rules.inputs(delta, layers[index].weight).mul_(derivative)
    return gradients[::-1]


def loss_and_gradients(
    layers: Sequence[Layer],
    activation: Activation,
    x: Tensor,
    target: Tensor,
    *,
    loss: Loss = "cross-entropy",
    reduction: Reduction = "mean",
    rules: Rules = RIGHT,
) -> tuple[Tensor, list[Gradient]]:
    """Forward, loss and backward on a batch: (L, gradients of every layer, first layer first).

    x: (N, in). target: labels (N,) for "cross-entropy", values (N, K) for "squared-error". Layers, x and
    values share one floating type. Raises ConfigError, with a sentence, if shapes do not fit, there is no
    layer or no image, or a number among the weights or inputs is not finite.
    """
    check(layers, x, target, loss)
    with torch.no_grad():
        tape = forward(layers, activation, x)
        value, delta = (rules.loss or LOSSES[loss])(tape.outputs, target, reduction)
        return value, backward(layers, activation, tape, delta, rules)


def check(layers: Sequence[Layer], x: Tensor, target: Tensor, loss: Loss = "cross-entropy") -> None:
    """Refuse, with a sentence, what the formulas have no answer for."""
    require(len(layers) > 0, "A network needs at least one layer; this one has none.")
    require(x.dim() == 2, f"The batch must be a matrix (images, pixels); its shape is {tuple(x.shape)}.")
    require(len(x) > 0, "The batch holds no image; take at least one.")
    for number, (weight, bias) in enumerate(layers, start=1):
        wanted = (weight.shape[1],) if weight.dim() == 2 else None
        require(
            tuple(bias.shape) == wanted,
            f"Layer {number}: weights (in, out) and biases (out,) do not fit; their shapes are "
            f"{tuple(weight.shape)} and {tuple(bias.shape)}.",
        )
        require(
            bool(weight.isfinite().all() and bias.isfinite().all()),
            f"Layer {number} has weights that are not finite numbers; start it anew.",
        )
    require(
        x.shape[1] == layers[0].weight.shape[0],
        f"The first layer takes {layers[0].weight.shape[0]:,} inputs, but the batch has {x.shape[1]:,} a row.",
    )
    for number, (below, above) in enumerate(pairwise(layers), start=1):
        require(
            below.weight.shape[1] == above.weight.shape[0],
            f"Layer {number} gives {below.weight.shape[1]:,} values, but layer {number + 1} takes "
            f"{above.weight.shape[0]:,}.",
        )
    require(bool(x.isfinite().all()), "The batch holds values that are not finite numbers.")
    _check_target(layers[-1].weight.shape[1], len(x), target, loss)


def _check_target(outputs: int, images: int, target: Tensor, loss: Loss) -> None:
    if loss == "squared-error":
        require(
            tuple(target.shape) == (images, outputs),
            f"Squared error needs targets of the outputs' shape ({images}, {outputs}); theirs is "
            f"{tuple(target.shape)}.",
        )
        return
    require(
        tuple(target.shape) == (images,) and not target.is_floating_point(),
        f"Cross-entropy needs one whole-number label for each of {images} images; the labels' shape is "
        f"{tuple(target.shape)}.",
    )
    require(
        bool(((target >= 0) & (target < outputs)).all()),
        f"Labels must lie between 0 and {outputs - 1}, one for each output.",
    )


# A network to follow on paper: 4 inputs, 3 hidden units, 3 classes, numbers of few decimals.


SIZES = (4, 3, 3)


def small_layers(seed: int) -> list[Layer]:
    """Two layers of SIZES in float64: weights (in, out) and biases (out,) drawn from the normal distribution.

    Weights are rounded to one decimal; biases are half as large.
    """
    draw = torch.Generator().manual_seed(seed)
    inputs, hidden, classes = SIZES
    return [
        Layer(_rounded(draw, inputs, hidden), _rounded(draw, hidden) / 2),
        Layer(_rounded(draw, hidden, classes), _rounded(draw, classes) / 2),
    ]


def small_batch(seed: int, images: int) -> tuple[Tensor, Tensor]:
    """(x, labels) to begin with: x (images, 4) in float64 with one decimal, labels (images,)."""
    draw = torch.Generator().manual_seed(seed + 1)
    x = torch.stack([_rounded(draw, SIZES[0]) for _ in range(images)])
    return x, torch.randint(SIZES[-1], (images,), generator=draw)


def _rounded(draw: Generator, *shape: int) -> Tensor:
    numbers = torch.randn(*shape, generator=draw, dtype=torch.float64)
    return (numbers * 10).round() / 10
