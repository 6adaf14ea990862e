"""What `model.eval()` switches, and what it does not: gradients flow in both modes."""

from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from core.lessons.adversarial.pixel_gradient import losses
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
