"""SGD and Adam with the meaning that the book's chapter (and Keras) gives their settings.

PyTorch computes both (`fused_steps`); each class only puts right the one place where its formula differs.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from core.training.fused_steps import adam_step, sgd_step


class _AllAtOnce:
    """Parameters in one group, as torch.optim has them, all of which move in one call."""

    def __init__(self, parameters: Iterable[Tensor], **settings: object) -> None:
        self.param_groups: list[dict[str, Any]] = [{"params": list(parameters), **settings}]

    def moving(self) -> tuple[list[Tensor], list[Tensor]]:
        """The parameters that have a gradient, and those."""
        moving = [parameter for parameter in self.param_groups[0]["params"] if parameter.grad is not None]
        return moving, [parameter.grad for parameter in moving]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.param_groups[0]["params"]:
            parameter.grad = None


class SGD(_AllAtOnce):
    """v := γv + lr · ∂L/∂W, W := W − v: the velocity holds steps, as in the blog, the chapter and Keras.

    torch keeps the learning rate outside (v := γv + ∂L/∂W, W := W − lr · v). Both make the same steps while it
    stands still; when it changes, torch rescales all that is remembered, while here the past stays as it was.
    Dividing the kept velocity by the factor of the change turns one into the other.

    With momentum 0 the velocity is the last step alone; it is written out only when momentum is raised.

    nesterov: look ahead along the velocity (Sutskever et al. 2013); it needs momentum above 0.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.0, nesterov: bool = False) -> None:
        super().__init__(parameters, lr=lr, momentum=momentum, nesterov=nesterov and momentum > 0)
        self.velocities: dict[Tensor, Tensor] = {}  # in steps of learning rate 1, as torch keeps them
        self.last_lr = lr
        self.last_gradients: list[tuple[Tensor, Tensor]] = []  # of each weight, of a step without momentum

    @torch.no_grad()
    def step(self) -> None:
        """One step at the learning rate that stands in the group."""
        group = self.param_groups[0]
        if group["momentum"] and self.last_gradients:
            self.velocities = {weight: gradient.clone() for weight, gradient in self.last_gradients}
            self.last_gradients = []
        if group["lr"] != self.last_lr:
            for velocity in self.velocities.values():
                velocity.mul_(self.last_lr / group["lr"])
            self.last_lr = group["lr"]
        weights, gradients = self.moving()
        if not weights:
            return
        velocities = [self._velocity(weight) for weight in weights] if group["momentum"] else []
        if not group["momentum"]:
            self.velocities = {}
            self.last_gradients = list(zip(weights, gradients, strict=True))
        sgd_step(weights, gradients, velocities, group["lr"], group["momentum"], group["nesterov"])

    def _velocity(self, weight: Tensor) -> Tensor:
        if weight not in self.velocities:
            self.velocities[weight] = torch.zeros_like(weight)
        return self.velocities[weight]


class Adam(_AllAtOnce):
    """W := W − lr · √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε), with ε where Kingma & Ba's "ε̂" and Keras place it.

    torch adds ε after it has corrected v for its start from zero, m̂ / (√v̂ + ε), which makes the same ε count
    for more in the first steps. Giving torch ε / √(1 − β₂ᵗ) at step t makes both formulas one.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float, betas: tuple[float, float], eps: float) -> None:
        super().__init__(parameters, lr=lr)
        self.betas, self.epsilon, self.steps = betas, eps, 0
        self.averages: dict[Tensor, tuple[Tensor, Tensor]] = {}  # of each gradient, and of its square

    @torch.no_grad()
    def step(self) -> None:
        """One step."""
        self.steps += 1
        weights, gradients = self.moving()
        if not weights:
            return
        means, squares = zip(*map(self._averages, weights), strict=True)
        epsilon = self.epsilon / (1 - self.betas[1] ** self.steps) ** 0.5
        lr = self.param_groups[0]["lr"]
        adam_step(weights, gradients, means, squares, lr, self.betas, epsilon, self.steps)

    def _averages(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        if weight not in self.averages:
            self.averages[weight] = torch.zeros_like(weight), torch.zeros_like(weight)
        return self.averages[weight]
