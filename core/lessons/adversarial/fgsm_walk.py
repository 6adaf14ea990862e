"""FGSM with everything kept that it computes on its way, to be looked at step by step.

Goodfellow, Shlens & Szegedy 2015, "Explaining and harnessing adversarial examples"; task 3 of the course
project, which tells it in eleven steps.
"""

from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from core.attacks.run import in_eval_mode
from core.config.validation import is_number, require
from core.lessons.adversarial.pixel_gradients import losses, pixel_gradient
from core.models.layers import SeededDropout


@dataclass(frozen=True)
class EvalMode:
    """norms, dropouts: names of the layers that behave differently in the two modes.

    moved: the largest difference between the two modes' ten logits for one image. l1: the L1 norm of the
    gradient with respect to the pixels in eval mode, in nats per unit of ink; anything but 0 shows that eval
    mode leaves gradients on. under_no_grad: whether a gradient could be had under `torch.no_grad()`, which is
    the switch that does turn them off.
    """

    norms: tuple[str, ...]
    dropouts: tuple[str, ...]
    moved: float
    l1: float
    under_no_grad: bool


def eval_mode(model: nn.Module, image: Tensor, label: int) -> EvalMode:
    """Look at a copy of the network in both modes, with an image (1, 28, 28) and its label."""
    ours = deepcopy(model)
    parts = list(ours.named_modules())
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(0)  # dropout draws here; the process's own generator is not disturbed
        x = image[None].clone().requires_grad_()
        logits = ours.eval()(x)
        (gradient,) = torch.autograd.grad(losses(logits, torch.tensor([label])).sum(), x)
        with torch.no_grad():
            without = bool(ours(x).requires_grad)
            training = ours.train()(x)  # last: in this mode batch norm changes its running statistics
    return EvalMode(
        norms=tuple(name for name, part in parts if isinstance(part, _BatchNorm)),
        dropouts=tuple(name for name, part in parts if isinstance(part, SeededDropout | _DropoutNd)),
        moved=float((training - logits.detach()).abs().max()),
        l1=float(gradient.abs().sum()),
        under_no_grad=without,
    )


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
        """The class predicted before."""
        return int(self.logits.argmax())

    @property
    def read_after(self) -> int:
        """The class predicted after."""
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
