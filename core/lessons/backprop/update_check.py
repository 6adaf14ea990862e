"""A few steps of an update written by hand, beside torch.optim.SGD from the same start on the same batches.

One step alone hides the mistakes that only memory makes: a velocity with the wrong sign, gradients that were
never zeroed. The second step shows them.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from core.backprop.bugs import Bug, right_velocity
from core.backprop.network import RIGHT, Layer, loss_and_gradients
from core.config.run import Activation
from core.config.validation import require
from core.lessons.backprop.gradient_check import Agreement, agreement, autograd_gradients, doubled

EXACT = 1e-9  # in float64: how far tensors have moved is small beside their size, so a digit is lost


def update_check(
    layers: Sequence[Layer],
    activation: Activation,
    batches: Sequence[tuple[Tensor, Tensor]],
    *,
    lr: float,
    momentum: float,
    bug: Bug | None = None,
) -> list[list[Agreement]]:
    """For each step and each tensor (W, b of the first layer, …): how far the two ways have moved it alike.

    Compared is the way from the start, W − W₀. batches: (x (N, in), labels (N,)), one a step. bug: the
    mistake in the code by hand, None for the right code. All in float64; the layers given are not touched.
    Raises ConfigError as `core.backprop.network` does, or without a batch.
    """
    require(len(batches) > 0, "The update check needs at least one batch.")
    start = [tensor for layer in doubled(layers, *batches[0])[0] for tensor in layer]
    by_hand = [tensor.clone() for tensor in start]
    with_torch = [tensor.clone().requires_grad_() for tensor in start]
    optimizer = torch.optim.SGD(with_torch, lr=lr, momentum=momentum)
    step = bug.velocity if bug else right_velocity
    gradients = [torch.zeros_like(tensor) for tensor in start]
    velocities = [torch.zeros_like(tensor) for tensor in start]
    rows = []
    for x, labels in batches:
        x = x.double()
        if not all(bool(tensor.isfinite().all()) for tensor in by_hand):  # it has diverged already
            rows.append([agreement(tensor * torch.nan, tensor) for tensor in start])
            continue
        found = _flat(loss_and_gradients(_layers(by_hand), activation, x, labels, rules=bug.rules if bug else RIGHT)[1])
        for index, gradient in enumerate(found):
            forgotten = bug is None or bug.zeroed
            gradients[index] = gradient if forgotten else gradients[index] + gradient
            velocities[index] = step(velocities[index], gradients[index], lr, momentum)
            by_hand[index] = by_hand[index] - velocities[index]
        plain = [tensor.detach() for tensor in with_torch]
        for leaf, gradient in zip(
            with_torch, _flat(autograd_gradients(_layers(plain), activation, x, labels)), strict=True
        ):
            leaf.grad = gradient
        optimizer.step()
        rows.append([agreement(a - s, b.detach() - s) for a, b, s in zip(by_hand, with_torch, start, strict=True)])
    return rows


def _layers(tensors: Sequence[Tensor]) -> list[Layer]:
    return [Layer(tensors[i], tensors[i + 1]) for i in range(0, len(tensors), 2)]


def _flat(layers: Sequence[tuple[Tensor, Tensor]]) -> list[Tensor]:
    return [tensor for layer in layers for tensor in layer]
