"""One step of SGD and of Adam for all parameters in one call: torch's fused kernels, or the same in plain tensors.

torch.optim reaches these kernels by way of much Python, which in the middle of training, with the caches full of
images, takes longer than they do: a tenth of a step of a small network. So they are called directly. They are no
part of torch's public interface: where this torch, or this device, has none that takes these arguments, the step
is made of public tensor operations, which agrees to rounding and is slower.
"""

from functools import cache

import torch
from torch import Tensor

Tensors = list[Tensor] | tuple[Tensor, ...]


def sgd_step(
    weights: Tensors,
    gradients: Tensors,
    velocities: Tensors,
    lr: float,
    momentum: float,
    nesterov: bool,
    *,
    fused: bool | None = None,
) -> None:
    """v := γv + g, W := W − lr · v, or with nesterov W := W − lr · (g + γv); all in place.

    velocities: one for each weight, or none where momentum is 0. fused: whether to take torch's kernel; None
    takes it where there is one.
    """
    if has_fused(weights[0].device, weights[0].dtype) if fused is None else fused:
        torch._fused_sgd_(
            weights,
            gradients,
            velocities,
            weight_decay=0.0,
            momentum=momentum,
            lr=lr,
            dampening=0.0,
            nesterov=nesterov,
            maximize=False,
            is_first_step=False,
        )
        return
    for place, (weight, gradient) in enumerate(zip(weights, gradients, strict=True)):
        velocity = velocities[place].mul_(momentum).add_(gradient) if momentum else gradient
        weight.sub_(gradient.add(velocity, alpha=momentum) if nesterov else velocity, alpha=lr)


def adam_step(
    weights: Tensors,
    gradients: Tensors,
    means: Tensors,
    squares: Tensors,
    lr: float,
    betas: tuple[float, float],
    epsilon: float,
    count: int,
    *,
    fused: bool | None = None,
) -> None:
    """m := β₁m + (1 − β₁)g, s := β₂s + (1 − β₂)g², W := W − lr · m̂ / (√ŝ + ε); all in place.

    m̂ and ŝ are corrected for their start from zero. count: the number of this step, from 1. fused: as above.
    """
    if has_fused(weights[0].device, weights[0].dtype) if fused is None else fused:
        torch._fused_adam_(
            weights,
            gradients,
            means,
            squares,
            [],
            [torch.tensor(float(count), device=weights[0].device)] * len(weights),
            lr=lr,
            beta1=betas[0],
            beta2=betas[1],
            weight_decay=0.0,
            eps=epsilon,
            amsgrad=False,
            maximize=False,
        )
        return
    known, known_square = 1 - betas[0] ** count, 1 - betas[1] ** count
    for weight, gradient, mean, square in zip(weights, gradients, means, squares, strict=True):
        mean.lerp_(gradient, 1 - betas[0])
        square.mul_(betas[1]).addcmul_(gradient, gradient, value=1 - betas[1])
        weight.addcdiv_(mean, (square / known_square).sqrt_().add_(epsilon), value=-lr / known)


@cache
def has_fused(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether torch has both kernels for such tensors: tried on one number."""
    one = [torch.ones(1, device=device, dtype=dtype)]
    try:
        sgd_step(one, one, [], 0.1, 0.0, nesterov=False, fused=True)
        adam_step(one, one, one, one, 0.1, (0.9, 0.999), 1e-8, 1, fused=True)
    except (AttributeError, TypeError, RuntimeError):
        return False
    return True
