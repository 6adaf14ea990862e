"""Gradients measured instead of derived: move one weight a little both ways, see what the loss does.

∂L/∂w ≈ (L(w + ε) − L(w − ε)) / 2ε. Thousands of weights are measured at once: moving W[i, j] by ε moves one
pre-activation, h[j], by ε·x[i], and only what lies above unit j has to be computed anew.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from core.backprop.network import Layer, Loss, Tape, check, forward
from core.backprop.pieces import MANUAL_ACTIVATIONS
from core.config.run import Activation, Reduction

WIDTH = 1e-5  # ε: in float64 rounding and curvature disturb about equally little here
NUMBERS = 2_000_000  # numbers held at a time, 16 MB
KINKED: tuple[Activation, ...] = ("relu", "leaky-relu")


@torch.no_grad()
def finite_differences(
    layers: Sequence[Layer],
    activation: Activation,
    x: Tensor,
    target: Tensor,
    tensor: int,
    entries: Tensor,
    *,
    loss: Loss = "cross-entropy",
    reduction: Reduction = "mean",
    width: float = WIDTH,
) -> Tensor:
    """Central differences (E,) of the loss over some entries of one tensor; NaN where a kink disturbs.

    tensor: 2ℓ for the weights of layer ℓ (0 is the first), 2ℓ + 1 for its biases. entries: positions (E,) in
    the tensor's flat order. Use float64. Where a unit of ReLU is on at one end and off at the other, the loss
    has a corner in between and its slope there is not defined: such entries come back as NaN.
    Raises ConfigError as `core.backprop.network` does.
    """
    check(layers, x, target, loss)
    tape = forward(layers, activation, x)
    layer, is_bias = divmod(tensor, 2)
    units = layers[layer].bias.numel()
    widest = max(bias.numel() for _, bias in layers[layer:])
    size = max(1, NUMBERS // (2 * len(x) * widest))
    measured = []
    for some in torch.split(entries, size):
        arriving = x.new_ones(len(some), len(x)) if is_bias else tape.inputs[layer][:, some // units].T
        ends, kink = _both_ends(layers, activation, tape, layer, some % units, width * arriving)
        slope = _DIFFERENCE[loss](ends[0], ends[1], target, reduction) / (2 * width)
        measured.append(slope.masked_fill(kink, torch.nan))
    return torch.cat(measured) if measured else x.new_empty(0)


def _both_ends(
    layers: Sequence[Layer], activation: Activation, tape: Tape, layer: int, units: Tensor, shift: Tensor
) -> tuple[Tensor, Tensor]:
    """Outputs (2, E, N, K) with the pre-activation of unit units[e] moved up and down by shift (E, N), and
    (E,) whether any unit of the network has a kink in between."""
    sigma = MANUAL_ACTIVATIONS[activation].value
    before = tape.before[layer][:, units].T + torch.stack([shift, -shift])  # (2, E, N)
    if layer == len(layers) - 1:
        hot = functional.one_hot(units, layers[layer].bias.numel()).to(shift.dtype)
        moved = (before - tape.before[layer][:, units].T)[..., None] * hot[:, None, :]
        return tape.before[layer] + moved, torch.zeros(len(units), dtype=torch.bool)
    kink = _differs(before, activation)
    change = sigma(before) - sigma(tape.before[layer][:, units].T)
    z = tape.before[layer + 1] + change[..., None] * layers[layer + 1].weight[units][:, None, :]
    for weight, bias in layers[layer + 2 :]:
        kink |= _differs(z.flatten(2), activation)
        z = sigma(z) @ weight + bias
    return z, kink


def _differs(before: Tensor, activation: Activation) -> Tensor:
    """(E,) whether a unit is above zero at one of two ends (2, E, …) only, where that makes a kink."""
    if activation not in KINKED:
        return torch.zeros(before.shape[1], dtype=torch.bool)
    return ((before[0] > 0) != (before[1] > 0)).any(dim=-1)


def _cross_entropy_difference(up: Tensor, down: Tensor, labels: Tensor, reduction: Reduction) -> Tensor:
    """L(up) − L(down), (E,), for outputs (E, N, K): log Σ ŷ·exp(d − d[label]), with d = up − down.

    The same number as two losses subtracted, but no digits are lost when both are nearly equal.
    """
    change = up - down
    places = labels.expand(len(up), -1)[..., None]
    change = change - change.gather(2, places)
    each = torch.log1p((down.softmax(dim=2) * torch.expm1(change)).sum(dim=2))
    return each.mean(dim=1) if reduction == "mean" else each.sum(dim=1)


def _squared_error_difference(up: Tensor, down: Tensor, target: Tensor, reduction: Reduction) -> Tensor:
    """Σ (up − y)² − (down − y)², as (up − down)(up + down − 2y)."""
    each = ((up - down) * (up + down - 2 * target)).flatten(1)
    return each.mean(dim=1) if reduction == "mean" else each.sum(dim=1)


_DIFFERENCE: dict[Loss, Callable[[Tensor, Tensor, Tensor, Reduction], Tensor]] = {
    "cross-entropy": _cross_entropy_difference,
    "squared-error": _squared_error_difference,
}
