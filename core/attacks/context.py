"""What an attack is given, and the questions it may ask the network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.attacks.per_image_rng import PerImageRNG

#: Called with the number of the step (0: the start) and the images (N, 1, 28, 28) as they stand.
Watch = Callable[[int, Tensor], None]


@dataclass(frozen=True)
class AttackContext:
    """A batch of images to attack.

    model: in eval mode; images (N, 1, 28, 28) in [0, 1] to logits (N, 10). images, labels (N,): originals.
    targets: (N,) the digits to be predicted, or None: anything but the label. epsilon: the largest change, in
    the attack's norm. settings: a number for each of the attack's own. watch: sees the images after every step.
    """

    model: nn.Module
    images: Tensor
    labels: Tensor
    targets: Tensor | None
    epsilon: float
    settings: Mapping[str, float]
    draws: PerImageRNG
    watch: Watch | None = None

    def __getitem__(self, setting: str) -> float:
        return self.settings[setting]

    @property
    def steps(self) -> int:
        """Iterations of the attack."""
        return int(self.settings["steps"])

    def at(self, index: Tensor) -> "AttackContext":
        """The same for the images at `index` (M,) alone, unwatched; its draws are still all images'."""
        targets = None if self.targets is None else self.targets[index]
        return replace(self, images=self.images[index], labels=self.labels[index], targets=targets, watch=None)

    def logits(self, x: Tensor) -> Tensor:
        """(N, 10) outputs, without gradients."""
        with torch.no_grad():
            return self.model(x).to(x.dtype)  # type: ignore[no-any-return]

    def attack_loss(self, logits: Tensor) -> Tensor:
        """(N,) what the attacker climbs: the cross-entropy of the label, or minus that of the target."""
        if self.targets is None:
            return functional.cross_entropy(logits, self.labels, reduction="none")
        return -functional.cross_entropy(logits, self.targets, reduction="none")

    def log_odds(self, logits: Tensor) -> Tensor:
        """(N,) `attack_loss` on a scale without a floor: log((1 − p)/p) for the label, log(p/(1 − p)) for a target.

        It rises and falls with `attack_loss`, and its gradient has the same direction. But where the network is so
        sure that float32 has no number for 1 − p, the cross-entropy is flat and its gradient wrong or zero: a
        network that cannot be attacked for lack of digits alone.
        """
        digits = self.labels if self.targets is None else self.targets
        own = logits.gather(1, digits[:, None])[:, 0]
        rest = logits.scatter(1, digits[:, None], -torch.inf).logsumexp(1)
        return rest - own if self.targets is None else own - rest

    def input_gradient(self, x: Tensor) -> Tensor:
        """Which way the pixels go uphill on `attack_loss`, (N, 1, 28, 28): the gradient of the log-odds.

        Each image's gradient is its own, and points where that of its cross-entropy points; its length is
        another. The weights collect no gradient.
        """
        x = x.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(self.log_odds(self.model(x)).sum(), x)
        return gradient

    def jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The logits (N, 10) and each one's gradient with respect to the pixels, (N, 10, 1, 28, 28)."""
        x = x.detach().requires_grad_()
        logits = self.model(x)
        rows = [torch.autograd.grad(one.sum(), x, retain_graph=True)[0] for one in logits.unbind(1)]
        return logits.detach(), torch.stack(rows, 1)

    def others(self, logits: Tensor, digits: Tensor) -> Tensor:
        """(N,) each image's largest output among the digits other than its own in `digits` (N,)."""
        return logits.scatter(1, digits[:, None], -torch.inf).amax(1)

    def is_adversarial(self, logits: Tensor) -> Tensor:
        """(N,) whether the network reads what the attacker wants."""
        read = logits.argmax(1)
        return read != self.labels if self.targets is None else read == self.targets

    def seen(self, step: int, x: Tensor) -> None:
        """Show the images x (N, 1, 28, 28) as they stand to whoever watches."""
        if self.watch is not None:
            self.watch(step, x.detach())
