"""Gradient descent in a few lines of Python, on bare tensors."""

from collections.abc import Iterable

import torch
from torch import Tensor


class HandSGD:
    """Gradient descent as on the slides and in the blog, written by hand: v := γv + lr · ∂L/∂W, W := W − v.

    With momentum γ = 0 it is W := W − lr · ∂L/∂W, and v is that step. torch.optim.SGD keeps the
    learning rate outside the velocity (v := γv + ∂L/∂W, W := W − lr · v): the same steps while it stands still,
    other ones after it changes, because here the velocity remembers steps that were made at the old one.

    Source: the course slides' task 1, where no torch.optim is allowed; the blog post's momentum update.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.0) -> None:
        self.param_groups: list[dict[str, object]] = [{"params": list(parameters), "lr": lr, "momentum": momentum}]
        self.velocities: dict[Tensor, Tensor] = {}
        self.last_steps: dict[Tensor, tuple[Tensor, float]] = {}  # gradient and learning rate, where γ was 0

    @torch.no_grad()
    def step(self) -> None:
        """Update the parameters in place; those without a gradient stay."""
        for group in self.param_groups:
            lr, momentum, parameters = group["lr"], group["momentum"], group["params"]
            assert isinstance(lr, float)
            assert isinstance(momentum, float)
            assert isinstance(parameters, list)
            for parameter in parameters:
                if parameter.grad is None:
                    continue
                if not momentum:
                    parameter.sub_(parameter.grad, alpha=lr)  # W := W − lr · gradient
                    self.last_steps[parameter] = parameter.grad, lr
                    continue
                if parameter in self.last_steps:  # γ was 0 until now: v is the last step
                    gradient, rate = self.last_steps.pop(parameter)
                    self.velocities[parameter] = gradient * rate
                elif parameter not in self.velocities:
                    self.velocities[parameter] = torch.zeros_like(parameter)
                velocity = self.velocities[parameter]
                velocity.mul_(momentum).add_(parameter.grad, alpha=lr)  # v := γ v + lr · gradient
                parameter.sub_(velocity)  # W := W − v

    def zero_grad(self) -> None:
        """Drop the gradients, so that the next backward() starts from nothing instead of adding up."""
        for group in self.param_groups:
            parameters = group["params"]
            assert isinstance(parameters, list)
            for parameter in parameters:
                parameter.grad = None
