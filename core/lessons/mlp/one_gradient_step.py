"""One step of gradient descent: a single weight, its gradient, and the loss as the weight moves."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.config.run import Reduction
from core.data.digits import Digits
from core.models import linear_layers
from core.models.inspect.layer_signals import Gradients, activation_function, signals


@dataclass(frozen=True)
class Place:
    """A weight: linear layer `layer` (0 is the first), from unit or pixel `source` to unit `to`."""

    layer: int
    to: int
    source: int


@dataclass(frozen=True, eq=False)
class Step:
    """One step W ← W − η ∂L/∂W on one batch, seen at one weight.

    before, after: the weight; gradient: ∂L/∂w there. loss: L on the batch before the step; `alone` with
    only this weight moved; `together` with every weight and bias moved, as training does.
    """

    before: float
    gradient: float
    after: float
    loss: float
    alone: float
    together: float


def steepest(found: Gradients, layer: int) -> Place:
    """The weight of a layer whose gradient is largest in size."""
    sizes = found.weights[layer].abs()
    most = int(sizes.argmax())
    return Place(layer, most // sizes.shape[1], most % sizes.shape[1])


def take_step(model: nn.Module, batch: Digits, found: Gradients, place: Place, lr: float, reduction: Reduction) -> Step:
    """Make one step of size `lr` along `found`, the gradients of `batch`, on copies; report one weight."""
    layers = linear_layers(model)
    before = float(layers[place.layer][1][place.to, place.source])
    gradient = float(found.weights[place.layer][place.to, place.source])
    after = before - lr * gradient
    moved = [
        (weight - lr * dw, bias - lr * db)
        for (_, weight, bias), dw, db in zip(layers, found.weights, found.biases, strict=True)
    ]
    x, activation = signals(model, batch.images).inputs.double(), activation_function(model)
    with torch.no_grad():
        for index, (weight, bias) in enumerate(moved):
            x = functional.linear(x if index == 0 else activation(x), weight.double(), bias.double())
        together = functional.cross_entropy(x, batch.labels, reduction=reduction).item()
    loss, alone = along(model, batch, place, [before, after], reduction).tolist()
    return Step(before, gradient, after, loss, alone, together)


@torch.no_grad()
def along(model: nn.Module, batch: Digits, place: Place, values: Sequence[float], reduction: Reduction) -> Tensor:
    """The loss on the batch with one weight set to each of `values`, all others kept: (len(values),).

    In double precision: one step of one weight changes the loss by less than float32 can tell.
    """
    layers = [(weight.double(), bias.double()) for _, weight, bias in linear_layers(model)]
    arriving, activation = signals(model, batch.images).inputs.double(), activation_function(model)
    for weight, bias in layers[: place.layer]:
        arriving = activation(functional.linear(arriving, weight, bias))
    weight, bias = layers[place.layer]
    base, source = functional.linear(arriving, weight, bias), arriving[:, place.source]
    losses = []
    for value in values:
        x = base.clone()
        x[:, place.to] += (value - weight[place.to, place.source]) * source
        for later, its_bias in layers[place.layer + 1 :]:
            x = functional.linear(activation(x), later, its_bias)
        losses.append(functional.cross_entropy(x, batch.labels, reduction=reduction))
    return torch.stack(losses)


def curve(
    model: nn.Module,
    batch: Digits,
    place: Place,
    step: Step,
    reduction: Reduction,
    *,
    close: bool = False,
    points: int = 61,
) -> tuple[Tensor, Tensor]:
    """(weights, losses), each (points,) float64: the loss along one weight, around where it was.

    The window reaches 2 to either side at least, far enough to show the shape of the minimum, and holds the step;
    `close` looks at twice the step itself instead, where the curve and its tangent are hard to tell apart.
    """
    length = abs(step.after - step.before)
    half = max(2.0, 1.5 * length, min(30.0, 1.5 * abs(step.before)))
    if close and length:
        half = 2 * length
    middle = step.before
    values = torch.linspace(middle - half, middle + half, points, dtype=torch.float64)
    return values, along(model, batch, place, values.tolist(), reduction)
