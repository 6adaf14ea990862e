"""One weight dragged along while all others stay: the loss as a curve, its gradient by hand and by finite differences.

The finite difference (L(w + ε) − L(w − ε)) / 2ε is wrong in two ways: the larger ε, the more the curve bends
in between; the smaller ε, the more of the two losses' digits cancel, until rounding is all that is left.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from core.backprop.network import Layer, Loss, forward, loss_and_gradients
from core.backprop.pieces import MANUAL_ACTIVATIONS
from core.config.run import Activation

WIDTHS = tuple(float(f"1e{-k // 2}") if k % 2 == 0 else float(f"3e{-(k + 1) // 2}") for k in range(25))


@torch.no_grad()
def losses_along(
    layers: Sequence[Layer],
    activation: Activation,
    x: Tensor,
    target: Tensor,
    tensor: int,
    entry: int,
    values: Tensor,
    *,
    loss: Loss = "cross-entropy",
) -> Tensor:
    """The mean loss on the batch with one number set to each of `values` (P,), all others kept: (P,).

    tensor, entry: 2ℓ for the weights of layer ℓ, 2ℓ + 1 for its biases, and the place in its flat order. All
    is computed in the type of the layers, with all the rounding that this type brings.
    """
    tape = forward(layers, activation, x)
    layer, is_bias = divmod(tensor, 2)
    weight, bias = layers[layer]
    unit = entry % len(bias)
    columns = weight[:, unit, None].repeat(1, len(values))  # (in, P): the unit's weights, one moved
    offsets = bias[unit].repeat(len(values))
    if is_bias:
        offsets = values.to(bias.dtype)
    else:
        columns[entry // len(bias)] = values.to(weight.dtype)
    z = tape.before[layer].repeat(len(values), 1, 1)  # (P, N, out)
    z[:, :, unit] = (tape.inputs[layer] @ columns + offsets).T
    for later, its_bias in layers[layer + 1 :]:
        z = MANUAL_ACTIVATIONS[activation].value(z) @ later + its_bias
    if loss == "squared-error":
        return (z - target).square().flatten(1).mean(dim=1)
    picked = z.gather(2, target.expand(len(values), -1)[..., None])[..., 0]
    return (z.logsumexp(dim=2) - picked).mean(dim=1)


def slope_at(
    layers: Sequence[Layer],
    activation: Activation,
    x: Tensor,
    target: Tensor,
    tensor: int,
    entry: int,
    value: float,
    *,
    loss: Loss = "cross-entropy",
) -> float:
    """∂L/∂w by hand, with that one number set to `value`."""
    layer, is_bias = divmod(tensor, 2)
    moved = [Layer(w, b) for w, b in layers]
    changed = layers[layer][is_bias].clone()
    changed.view(-1)[entry] = value
    moved[layer] = Layer(layers[layer].weight, changed) if is_bias else Layer(changed, layers[layer].bias)
    found = loss_and_gradients(moved, activation, x, target, loss=loss)[1]
    return float(found[layer][is_bias].flatten()[entry])


def width_errors(
    layers: Sequence[Layer],
    activation: Activation,
    x: Tensor,
    target: Tensor,
    tensor: int,
    entry: int,
    value: float,
    *,
    loss: Loss = "cross-entropy",
    widths: Sequence[float] = WIDTHS,
) -> dict[str, list[float]]:
    """How wrong the finite difference is for each width: |measured − slope by hand|, absolute.

    Both in float64 (key "float64") and in float32 (key "float32"); the slope by hand is float64's.
    """
    right = slope_at(layers, activation, x, target, tensor, entry, value, loss=loss)
    errors = {}
    for dtype in (torch.float64, torch.float32):
        ours = [Layer(w.to(dtype), b.to(dtype)) for w, b in layers]
        goal = target.to(dtype) if target.is_floating_point() else target
        up = torch.tensor([value + width for width in widths], dtype=torch.float64)
        down = torch.tensor([value - width for width in widths], dtype=torch.float64)
        ends = losses_along(
            ours, activation, x.to(dtype), goal, tensor, entry, torch.cat([up, down]), loss=loss
        ).double()
        slopes = (ends[: len(up)] - ends[len(up) :]) / (2 * torch.tensor(widths, dtype=torch.float64))
        errors[str(dtype).removeprefix("torch.")] = (slopes - right).abs().tolist()
    return errors
