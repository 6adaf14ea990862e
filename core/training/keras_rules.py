"""torch's SGD and Adam with the meaning that the book's chapter (and Keras) gives their settings.

Where the formulas agree torch computes them; each class here only puts right the one place where they differ.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor


class SGD(torch.optim.SGD):
    """v := γv + lr · ∂L/∂W, W := W − v: the velocity holds steps, as in the blog, the chapter and Keras.

    torch keeps the rate outside (v := γv + ∂L/∂W, W := W − lr · v). Both make the same steps while the rate
    stands still; when it changes, torch rescales all that is remembered, while here the past stays as it was.
    Dividing the kept velocity by the factor of the change turns one into the other.

    nesterov: look ahead along the velocity (Sutskever et al. 2013); it needs momentum above 0.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float, momentum: float, nesterov: bool) -> None:
        super().__init__(
            parameters, lr=lr, momentum=momentum, nesterov=nesterov and momentum > 0, fused=True
        )  # fused: all parameters in one call, bit for bit the same steps
        self.last_lr = lr

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step at the rate that stands in the first group."""
        lr = float(self.param_groups[0]["lr"])
        if lr != self.last_lr:
            for state in self.state.values():
                if state.get("momentum_buffer") is not None:
                    state["momentum_buffer"].mul_(self.last_lr / lr)
            self.last_lr = lr
        return super().step(closure)


class Adam(torch.optim.Adam):
    """W := W − lr · √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε), with ε where Kingma & Ba's "ε̂" and Keras place it.

    torch adds ε after it has corrected v for its start from zero, m̂ / (√v̂ + ε), which makes the same ε count
    for more in the first steps. Giving torch ε / √(1 − β₂ᵗ) at step t makes both formulas one.
    """

    def __init__(
        self, parameters: Iterable[Tensor], lr: float, betas: tuple[float, float], eps: float
    ) -> None:
        super().__init__(parameters, lr=lr, betas=betas, eps=eps, fused=True)  # all parameters in one call
        self.epsilon, self.steps = eps, 0

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step."""
        self.steps += 1
        for group in self.param_groups:
            group["eps"] = self.epsilon / (1 - group["betas"][1] ** self.steps) ** 0.5
        return super().step(closure)
