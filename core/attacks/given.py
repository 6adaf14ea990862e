"""What an attack is given, and the questions it may ask the network."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.attack_config import AttackConfig
from core.attacks.draws import Draws

#: Called with the number of the step (0: the start) and the images (N, 1, 28, 28) as they stand.
Watch = Callable[[int, Tensor], None]


@dataclass(frozen=True)
class Given:
    """A batch of images to attack.

    model: in eval mode; images (N, 1, 28, 28) in [0, 1] to logits (N, 10). images, labels (N,): originals.
    targets: (N,) the digits that the network shall read, or None: anything but the label.
    watch: sees the images after every step.
    """

    model: nn.Module
    images: Tensor
    labels: Tensor
    targets: Tensor | None
    config: AttackConfig
    draws: Draws
    watch: Watch | None = None

    def logits(self, x: Tensor) -> Tensor:
        """(N, 10) outputs, without gradients."""
        with torch.no_grad():
            return self.model(x).to(x.dtype)  # type: ignore[no-any-return]

    def aim(self, logits: Tensor) -> Tensor:
        """(N,) what the attacker climbs: the cross-entropy of the label, or minus that of the target."""
        if self.targets is None:
            return functional.cross_entropy(logits, self.labels, reduction="none")
        return -functional.cross_entropy(logits, self.targets, reduction="none")

    def slope(self, x: Tensor) -> Tensor:
        """The gradient (N, 1, 28, 28) of `aim` with respect to the pixels.

        Losses are added up, so each image's gradient is its own; the weights collect no gradient.
        """
        x = x.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(self.aim(self.model(x)).sum(), x)
        return gradient

    def won(self, logits: Tensor) -> Tensor:
        """(N,) whether the network reads what the attacker wants."""
        read = logits.argmax(1)
        return read != self.labels if self.targets is None else read == self.targets

    def seen(self, step: int, x: Tensor) -> None:
        """Show the images as they stand to whoever watches."""
        if self.watch is not None:
            self.watch(step, x.detach())
