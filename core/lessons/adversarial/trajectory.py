"""The way an attack takes, step by step: what the network sees and says after each."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from core.attacks.run import attack
from core.models.evaluation import logits

MOST = 200  # moments that a person might still look at


@dataclass(frozen=True, eq=False)
class Moment:
    """How things stand after a step of an attack on one image.

    step: 0 is the start. image: (1, 28, 28) in [0, 1]. probabilities: (10,). loss: the cross-entropy (nats)
    of the label, which the attack raises; with a target that of the target, which it lowers. linf, l2, l0:
    how far the image is from the original, l0 in pixels.
    """

    step: int
    image: Tensor
    probabilities: Tensor
    loss: float
    linf: float
    l2: float
    l0: int

    @property
    def read(self) -> int:
        """The digit the network predicts."""
        return int(self.probabilities.argmax())


def attack_path(
    model: nn.Module, image: Tensor, label: int, config: AttackConfig, *, place: int = 0, most: int = MOST
) -> list[Moment]:
    """The images an attack goes through, from its start (step 0) to its last, on the CPU.

    image: (1, 28, 28) in [0, 1]. label: what it shows. place: the image's in a larger set, for its random
    numbers. most: at least 2; of a longer path so many moments are kept, evenly spread, first and last among
    them. Of several tries (restarts) the one that won, else the one that climbed highest. Attacks that look
    for the smallest change pass through images beyond ε: `l2` and `linf` tell. Raises LabError as `attack`.
    """
    tries: list[list[tuple[int, Tensor]]] = []

    def watch(step: int, images: Tensor) -> None:
        if step == 0:
            tries.append([])
        tries[-1].append((step, images[0].detach().to("cpu", copy=True)))

    attack(
        model,
        image[None],
        torch.tensor([label], device=image.device),
        config,
        places=torch.tensor([place]),
        watch=watch,
    )
    if not tries:  # ε = 0: there is no way to go
        tries = [[(0, image.detach().cpu())]]
    paths = [list(_moments(model, _thinned(one, most), image, label, config)) for one in tries]
    return max(paths, key=lambda path: _merit(path[-1], label, config.target))


def _thinned(steps: list[tuple[int, Tensor]], most: int) -> list[tuple[int, Tensor]]:
    if len(steps) <= most:
        return steps
    return [steps[round(at)] for at in torch.linspace(0, len(steps) - 1, most, dtype=torch.float64).tolist()]


def _moments(
    model: nn.Module, steps: list[tuple[int, Tensor]], image: Tensor, label: int, config: AttackConfig
) -> Iterator[Moment]:
    images = torch.stack([one for _, one in steps])
    outputs = logits(model, images.to(image.device)).cpu()
    aimed = label if config.target is None else config.target
    losses = functional.cross_entropy(outputs, torch.full((len(outputs),), aimed), reduction="none")
    change = images - image.detach().cpu()
    linf, l2, l0 = (NORMS[norm].size(change).tolist() for norm in ("linf", "l2", "l0"))
    for row, (step, one) in enumerate(steps):
        chances = outputs[row].softmax(0)
        yield Moment(step, one, chances, float(losses[row]), linf[row], l2[row], int(l0[row]))


def _merit(last: Moment, label: int, target: int | None) -> tuple[bool, float]:
    """Whether the attacker won there, then how high he stands."""
    if target is None:
        return last.read != label, last.loss
    return last.read == target, -last.loss
