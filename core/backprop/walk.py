"""A walk through one training step, one operation at a time, with every number's own sum.

    z_h = x W_h + b_h,  a_h = σ(z_h),  z_o = a_h W_o + b_o,  ŷ = softmax(z_o),  L
    δ_o = ∂L/∂z_o,  ∂L/∂W_o,  ∂L/∂b_o,  ∂L/∂a_h,  δ_h = ∂L/∂z_h,  ∂L/∂W_h,  ∂L/∂b_h
    W ← W − η ∂L/∂W,  b ← b − η ∂L/∂b  of each layer

Networks of other depths number their layers: W_1, z_1, a_1, ….
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from core.backprop import operations as op
from core.backprop.network import Layer, check
from core.backprop.step import Named, Step
from core.config.run import Activation


class Column(NamedTuple):
    """A column of the network's diagram: its tensor's name in plain text, and its number of units."""

    name: str
    units: int


def columns(layers: Sequence[Layer]) -> list[Column]:
    """x, then z and a of every hidden layer, then the last z, ŷ and L."""
    found = [Column("x", layers[0].weight.shape[0])]
    for index, layer in enumerate(layers[:-1]):
        mark = _mark(index, len(layers))
        found += [Column(f"z{mark}", len(layer.bias)), Column(f"a{mark}", len(layer.bias))]
    classes = len(layers[-1].bias)
    return [*found, Column(f"z{_mark(len(layers) - 1, len(layers))}", classes), Column("ŷ", classes), Column("L", 1)]


def walk(layers: Sequence[Layer], activation: Activation, x: Tensor, labels: Tensor, lr: float = 0.1) -> list[Step]:
    """Every operation of a training step on x (N, in), labels (N,), in order; lr: the learning rate η.

    The results equal `network.loss_and_gradients`, and one step of gradient descent by them. Of L layers
    there are 2L + 1 steps forward, the loss included, 4L − 1 backward, and 2L updates. Raises ConfigError,
    with a sentence, as `loss_and_gradients` does.
    """
    check(layers, x, labels)
    with torch.no_grad():
        steps = _forward(layers, activation, x)
        z = steps[-1].result
        gap = 2 * len(layers) - 1  # the softmax's, counted from 0
        said = op.softmax(z, gap)
        right = torch.zeros_like(z.tensor).scatter_(1, labels[:, None], 1.0)
        target = Named("y", "y", right, role="share")
        steps += [said, op.loss(z, said.result, target, labels, gap + 1)]
        steps += _backward(steps, op.error(z, said.result, target, labels, gap), layers, activation)
        return steps + _updates(steps, layers, lr)


def _forward(layers: Sequence[Layer], activation: Activation, x: Tensor) -> list[Step]:
    into, steps = Named("x", "x", x, role="input"), list[Step]()
    for index in range(len(layers)):
        last = index == len(layers) - 1
        mark = _mark(index, len(layers))
        steps.append(op.linear(into, *_parameters(layers, index), f"z{mark}", 2 * index, last=last))
        if not last:
            step = op.activate(steps[-1].result, activation, f"a{mark}", 2 * index + 1)
            steps.append(step)
            into = step.result
    return steps


def _backward(forward: list[Step], error: Step, layers: Sequence[Layer], activation: Activation) -> list[Step]:
    steps, delta = [error], error.result
    for index in reversed(range(len(layers))):
        weight, bias = _parameters(layers, index)
        gap, into = 2 * index, forward[2 * index].operands[0]
        steps.append(op.weight_gradient(into, weight, delta, gap))
        steps.append(op.bias_gradient(bias, delta, gap))
        if index:
            pulled = op.input_gradient(delta, weight, into, gap)
            before = forward[2 * index - 1].operands[0]
            step = op.derivative(pulled.result, before, into, activation, gap - 1)
            steps += [pulled, step]
            delta = step.result
    return steps


def _updates(steps: Sequence[Step], layers: Sequence[Layer], lr: float) -> list[Step]:
    """A step downhill for every weight and bias, first layer first."""
    gradients = {step.result.symbol: step.result for step in steps if step.result.gradient}
    return [
        op.update(named, gradients[named.symbol], lr, 2 * index)
        for index in range(len(layers))
        for named in _parameters(layers, index)
    ]


def _parameters(layers: Sequence[Layer], index: int) -> tuple[Named, Named]:
    """Weights and biases of a layer, named as in `_mark`."""
    mark = _mark(index, len(layers))
    return Named(f"W{mark}", f"W{mark}", layers[index].weight), Named(f"b{mark}", f"b{mark}", layers[index].bias)


def _mark(index: int, layers: int) -> str:
    """What tells a layer's W, b, z and a: _h and _o of two layers, else _1, _2, …; of one nothing."""
    return "" if layers == 1 else "_" + ("ho"[index] if layers == 2 else str(index + 1))


def seen(steps: Sequence[Step], number: int, image: int) -> list[tuple[str, Tensor] | None]:
    """What stands in each column of the diagram at step `number` (0 is the first), for one of the images.

    Forward: the values computed so far. Backward and in the update: the gradients computed so far. An
    entry is (name, (units,)), None where nothing has been computed yet.
    """
    backward = steps[number].phase in ("backward", "update")
    last = max(step.column or 0 for step in steps)
    found: list[tuple[str, Tensor] | None] = [None] * (last + 1)
    if not backward:
        found[0] = ("x", steps[0].operands[0].tensor[image])
    for step in steps[: number + 1]:
        if step.column is not None and (step.phase == "backward") == backward:
            if step.each is not None:
                found[step.column] = (f"loss of image {image}", step.each[image].reshape(1))
            else:
                found[step.column] = (step.result.notation, step.result.tensor[image])
    return found
