"""A walk through forward and backward pass, one operation at a time, with every number's own sum.

    h = x W_h + b_h,  h̃ = σ(h),  o = h̃ W_o + b_o,  ŷ = softmax(o),  L
    ∂L/∂o,  ∂L/∂W_o,  ∂L/∂b_o,  ∂L/∂h̃,  ∂L/∂h,  ∂L/∂W_h,  ∂L/∂b_h

Networks of other depths number their layers: W_1, h_1, …; the last pre-activations are always o.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from core.config import Activation
from core.manual import operations as op
from core.manual.network import Layer, check
from core.manual.step import Named, Step


class Column(NamedTuple):
    """A column of the network's diagram: its tensor's name in plain text, and its number of units."""

    name: str
    units: int


def columns(layers: Sequence[Layer]) -> list[Column]:
    """x, then h and h̃ of every hidden layer, then o, ŷ and L."""
    found = [Column("x", layers[0].weight.shape[0])]
    for index, layer in enumerate(layers[:-1]):
        mark = _mark(index, len(layers))
        found += [Column(f"h{mark}", len(layer.bias)), Column(f"h̃{mark}", len(layer.bias))]
    classes = len(layers[-1].bias)
    return [*found, Column("o", classes), Column("ŷ", classes), Column("L", 1)]


def walk(layers: Sequence[Layer], activation: Activation, x: Tensor, labels: Tensor) -> list[Step]:
    """Every operation of forward pass, loss and backward pass on x (N, in), labels (N,), in order.

    The results equal `network.loss_and_gradients`. Of L layers there are 2L + 1 steps forward, the loss
    included, and 4L − 1 backward. Raises ConfigError, with a sentence, as `loss_and_gradients` does.
    """
    check(layers, x, labels)
    with torch.no_grad():
        steps = _forward(layers, activation, x)
        o = steps[-1].result
        gap = 2 * len(layers) - 1  # the softmax's, counted from 0
        said = op.softmax(o, gap)
        right = torch.zeros_like(o.tensor).scatter_(1, labels[:, None], 1.0)
        target = Named("y", "y", right, role="share")
        steps += [said, op.loss(o, said.result, target, labels, gap + 1)]
        return steps + _backward(steps, op.error(o, said.result, target, labels, gap), layers, activation)


def _forward(layers: Sequence[Layer], activation: Activation, x: Tensor) -> list[Step]:
    into, steps = Named("x", "x", x, role="input"), list[Step]()
    for index in range(len(layers)):
        last = index == len(layers) - 1
        mark = _mark(index, len(layers))
        name = "o" if last else f"h{mark}"
        steps.append(op.linear(into, *_parameters(layers, index), name, name, 2 * index))
        if not last:
            bent = op.bend(steps[-1].result, activation, rf"\tilde h{mark}", f"h̃{mark}", 2 * index + 1)
            steps.append(bent)
            into = bent.result
    return steps


def _backward(
    forward: list[Step], error: Step, layers: Sequence[Layer], activation: Activation
) -> list[Step]:
    steps, delta = [error], error.result
    for index in reversed(range(len(layers))):
        weight, bias = _parameters(layers, index)
        gap, into = 2 * index, forward[2 * index].operands[0]
        steps.append(op.weight_gradient(into, weight, delta, gap))
        steps.append(op.bias_gradient(bias, delta, gap))
        if index:
            pulled = op.input_gradient(delta, weight, into, gap)
            before = forward[2 * index - 1].operands[0]
            bent = op.slope(pulled.result, before, into, activation, gap - 1)
            steps += [pulled, bent]
            delta = bent.result
    return steps


def _parameters(layers: Sequence[Layer], index: int) -> tuple[Named, Named]:
    """Weights and biases of a layer under the names of the text: W_h, W_o for two layers, else W_1, W_2, …"""
    count = len(layers)
    mark = "_" + ("ho"[index] if count == 2 else str(index + 1)) if count > 1 else ""
    return Named(f"W{mark}", f"W{mark}", layers[index].weight), Named(
        f"b{mark}", f"b{mark}", layers[index].bias
    )


def _mark(index: int, layers: int) -> str:
    return f"_{index + 1}" if layers > 2 else ""


def seen(steps: Sequence[Step], number: int, image: int) -> list[tuple[str, Tensor] | None]:
    """What stands in each column of the diagram at step `number` (0 is the first), for one of the images.

    Forward: the values computed so far. Backward: the gradients computed so far. An entry is (name,
    (units,)), None where nothing has been computed yet.
    """
    backward = steps[number].phase == "backward"
    last = max(step.column or 0 for step in steps)
    found: list[tuple[str, Tensor] | None] = [None] * (last + 1)
    if not backward:
        found[0] = ("x", steps[0].operands[0].tensor[image])
    for step in steps[: number + 1]:
        if step.column is not None and (step.phase == "backward") == backward:
            values = step.result.tensor if step.result.tensor.dim() == 0 else step.result.tensor[image]
            found[step.column] = (step.result.told, values.reshape(-1))
    return found
