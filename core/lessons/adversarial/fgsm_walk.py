"""FGSM with everything kept that it computes on its way, to be looked at step by step.

Goodfellow, Shlens & Szegedy 2015, "Explaining and harnessing adversarial examples"; task 3 of the course
project, which tells it in eleven steps.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.attacks.run import in_eval_mode
from core.config.validation import is_number, require
from core.lessons.adversarial.pixel_gradient import losses, pixel_gradient


@dataclass(frozen=True, eq=False)
class FgsmWalk:
    """One image on its way to an adversarial one.

    image, gradient, sign, stepped, attacked: (28, 28). stepped is image + ε·sign, attacked the same cut off
    at 0 and 1. gradient: ∂loss/∂pixel, in nats per unit of ink. logits, logits_after: (10,), float64. loss,
    loss_after: cross-entropy of `label` in nats. twice: the L1 norm of what stands in x.grad if backward runs
    a second time and nobody has set the old gradient to zero.
    """

    label: int
    epsilon: float
    image: Tensor
    logits: Tensor
    loss: float
    gradient: Tensor
    twice: float
    sign: Tensor
    stepped: Tensor
    attacked: Tensor
    logits_after: Tensor
    loss_after: float

    @property
    def change(self) -> Tensor:
        """(28, 28): attacked − image, within ±ε."""
        return self.attacked - self.image

    @property
    def probabilities(self) -> Tensor:
        """(10,) before."""
        return self.logits.softmax(0)

    @property
    def probabilities_after(self) -> Tensor:
        """(10,) after."""
        return self.logits_after.softmax(0)

    @property
    def read(self) -> int:
        """The digit read before."""
        return int(self.logits.argmax())

    @property
    def read_after(self) -> int:
        """The digit read after."""
        return int(self.logits_after.argmax())

    @property
    def cut(self) -> int:
        """How many pixels `x + ε·sign` would have sent below 0 or above 1."""
        return int((self.stepped != self.attacked).sum())


def walk_fgsm(model: nn.Module, image: Tensor, label: int, epsilon: float) -> FgsmWalk:
    """Walk through FGSM for one image (1, 28, 28) in [0, 1]; the network stays as it is.

    Raises ConfigError where ε is not in [0, 1].
    """
    require(is_number(epsilon) and 0 <= epsilon <= 1, f"ε must lie between 0 and 1; it is {epsilon!r}.")
    labels = torch.tensor([label])
    gradient = pixel_gradient(model, image[None], labels)[0]
    sign = gradient.sign()
    stepped = image + epsilon * sign
    attacked = stepped.clamp(0, 1)
    with in_eval_mode(model), torch.no_grad():
        logits, after = (model(x[None]).double() for x in (image, attacked))
    return FgsmWalk(
        label=label,
        epsilon=epsilon,
        image=image[0],
        logits=logits[0],
        loss=float(losses(logits, labels)),
        gradient=gradient[0],
        twice=_twice(model, image, labels),
        sign=sign[0],
        stepped=stepped[0],
        attacked=attacked[0],
        logits_after=after[0],
        loss_after=float(losses(after, labels)),
    )


def _twice(model: nn.Module, image: Tensor, labels: Tensor) -> float:
    """‖x.grad‖₁ after two backward passes with no zeroing between: gradients add up."""
    with in_eval_mode(model), torch.enable_grad():
        x = image[None].clone().requires_grad_()
        for _ in range(2):
            losses(model(x), labels).sum().backward(inputs=[x])  # type: ignore[no-untyped-call]
    assert x.grad is not None
    return float(x.grad.abs().sum())
