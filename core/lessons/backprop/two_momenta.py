"""Two ways to write momentum that part when the learning rate changes.

The blog post keeps the rate inside the velocity: v := γv + η ∂L/∂W, W := W − v.
torch.optim.SGD keeps it outside:            v := γv + ∂L/∂W,   W := W − ηv.
While η stands still one velocity is η times the other, and the weights are the same. Once η changes, the
blog's velocity still carries steps that were made at the old rate; torch's rescales its whole memory at once.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.config.run import MLPConfig
from core.config.seeds import stream
from core.config.validation import is_number, require, whole
from core.data.digits import Digits
from core.models.raw_mlp import ManualMLP
from core.training.loss_and_gradients import loss_and_gradients
from core.training.optimizers import Optimizer
from core.training.sgd_by_hand import HandSGD


@dataclass(frozen=True)
class TwoMomenta:
    """One network trained twice from one start on the same batches, for some steps.

    difference: largest difference of any weight after each step. blog, torch: loss of each step's batch, in
    nats. change_at: number of steps made before η changed. moved: largest distance of any weight from its
    start at the end, the yardstick for the difference.
    """

    difference: tuple[float, ...]
    blog: tuple[float, ...]
    torch: tuple[float, ...]
    change_at: int
    moved: float


def compare(
    train: Digits,
    *,
    momentum: float = 0.9,
    lr: float = 0.1,
    new_lr: float = 0.01,
    change_at: int = 30,
    steps: int = 60,
    batch_size: int = 64,
    seed: int = 0,
) -> TwoMomenta:
    """Train 784→30→10 (sigmoid) both ways in float64, whose rounding is too small to hide anything.

    After `change_at` of `steps` steps the rate goes from `lr` to `new_lr`. Raises ConfigError for settings
    out of range.
    """
    require(is_number(momentum) and 0 <= momentum < 1, f"Momentum must lie in [0, 1); it is {momentum!r}.")
    for rate in (lr, new_lr):
        require(is_number(rate) and 0 < rate <= 10, f"A learning rate must lie in (0, 10]; it is {rate!r}.")
    whole(steps, 1, 1000, "The number of steps")
    whole(change_at, 0, steps, "The step of the change")
    start = ManualMLP(MLPConfig(hidden=(30,), activation="sigmoid", family="manual"), stream(seed, "weights"))
    ours, theirs = _double(start), _double(start)
    blog: Optimizer = HandSGD(ours.parameters(), lr=lr, momentum=momentum)
    other: Optimizer = torch.optim.SGD(theirs.parameters(), lr=lr, momentum=momentum)
    order = torch.randperm(len(train), generator=stream(seed, "order"))
    difference, losses = [], ([], [])  # type: tuple[list[float], tuple[list[float], list[float]]]
    for step in range(steps):
        places = order[torch.arange(step * batch_size, (step + 1) * batch_size) % len(train)]
        x, y = train.images[places].flatten(1).double(), train.labels[places]
        for network, optimizer, kept in ((ours, blog, losses[0]), (theirs, other, losses[1])):
            for group in optimizer.param_groups:
                group["lr"] = lr if step < change_at else new_lr
            loss, _ = loss_and_gradients(network, x, y)
            kept.append(float(loss))
            optimizer.step()
            optimizer.zero_grad()
        difference.append(largest_difference(ours.parameters(), theirs.parameters()))
    moved = largest_difference(ours.parameters(), _double(start).parameters())
    return TwoMomenta(tuple(difference), tuple(losses[0]), tuple(losses[1]), change_at, moved)


def largest_difference(a: list[Tensor], b: list[Tensor]) -> float:
    """The largest |difference| between any two entries of two lists of tensors of the same shapes."""
    pairs = zip(a, b, strict=True)
    return max(float((one.detach() - two.detach()).abs().max()) for one, two in pairs)


def _double(start: ManualMLP) -> ManualMLP:
    """A copy of the network in float64."""
    copy = ManualMLP(MLPConfig(hidden=(30,), activation="sigmoid", family="manual"), torch.Generator().manual_seed(0))
    copy.tensors = {name: tensor.double().clone() for name, tensor in start.tensors.items()}
    return copy
