"""Do images made against one network fool another? It counts only where both read the originals correctly.

Papernot, McDaniel & Goodfellow 2016, "Transferability in machine learning": an attacker without access
attacks a network of his own, and the images often fool the other one too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.run import attack
from core.config.proportion import Proportion
from core.data.digits import Digits
from core.lessons.adversarial.tasks import NOTHING, images_of, named, parts, parts_of
from core.models.evaluation import logits
from core.models.paired_test import Paired, paired


@dataclass(frozen=True)
class Passage:
    """A piece of images made on one network and tested on another.

    maker: names its weights; empty where no network is needed. attack: a whole AttackConfig as text (see
    core.lessons.adversarial.tasks.named), empty for the untouched images. tester: who reads. part: which
    core.lessons.adversarial.tasks.size(attack) images of the sample.
    """

    maker: str
    attack: str
    tester: str
    part: int


@dataclass(frozen=True)
class Fooled:
    """`fooled` of the `n` images that maker and tester both read correctly before."""

    fooled: int
    n: int

    @property
    def share(self) -> float:
        """In [0, 1]; not a number where no image counts."""
        return self.fooled / self.n if self.n else float("nan")

    @property
    def ci95(self) -> tuple[float, float]:
        """95% interval (Wilson 1927); (0, 1) where no image counts."""
        return Proportion(self.fooled, self.n).interval


def make(model: nn.Module, digits: Digits, config: AttackConfig, part: int) -> Tensor:
    """The images (n, 1, 28, 28) of a part of the sample, attacked on `model`."""
    places = images_of(digits, part, named(config))
    return attack(model, digits.images[places], digits.labels[places], config, places=places)


def read(model: nn.Module, images: Tensor) -> Tensor:
    """(n,) uint8: the digits that the network reads."""
    return logits(model, images).argmax(1).to("cpu", torch.uint8)


def fooled(
    made: Tensor, clean_tester: Tensor, clean_maker: Tensor, labels: Tensor, target: int | None = None
) -> Fooled:
    """Count one cell of the matrix.

    made: (n,) what the tester reads in the images. clean_tester, clean_maker: (n,) what both read in the
    originals. labels: (n,). target: the digit the tester shall read; then images of that digit do not count.
    Where a part is not measured yet the tensors are shorter; what all of them know is counted.
    """
    n = min(len(made), len(clean_tester), len(clean_maker), len(labels))
    counts = _counts(clean_tester[:n], clean_maker[:n], labels[:n], target)
    won = _won(made[:n], labels[:n], target)
    return Fooled(int((counts & won).sum()), int(counts.sum()))


def beside_noise(
    made: Tensor, noisy: Tensor, clean_tester: Tensor, clean_maker: Tensor, labels: Tensor, target: int | None = None
) -> Paired:
    """The attack beside noise on the very images that count for its cell; arguments as for `fooled`.

    noisy: (n,) what the tester reads in the images under noise. `first_only` are the images that withstand
    the noise and fall to the attack: a difference above 0 says that the attack fools more.
    """
    n = min(len(made), len(noisy), len(clean_tester), len(clean_maker), len(labels))
    counts = _counts(clean_tester[:n], clean_maker[:n], labels[:n], target)
    held = [(~_won(reads[:n], labels[:n], target))[counts].tolist() for reads in (noisy, made)]
    return paired(*held)


def _counts(ours: Tensor, theirs: Tensor, labels: Tensor, target: int | None) -> Tensor:
    """Which images both read correctly before, and which are not of the target already."""
    both = (ours.long() == labels) & (theirs.long() == labels)
    return both if target is None else both & (labels != target)


def _won(made: Tensor, labels: Tensor, target: int | None) -> Tensor:
    return made.long() != labels if target is None else made.long() == target


def control(config: AttackConfig) -> AttackConfig:
    """Random noise as large as this attack's changes may be, measured in the same norm."""
    norm = ATTACKS[config.name].norm
    name = next(name for name, entry in ATTACKS.items() if entry.access == "nothing" and entry.norm == norm)
    return AttackConfig(name, config.budget, seed=config.seed)


def passages(names: list[str], attack: str, noise: str, n: int) -> list[Passage]:
    """All that a matrix of these networks needs: originals, noise and every pair, hundred after hundred."""
    line = []
    for hundred in range(parts(n)):
        line += [Passage("", how, tester, hundred) for how in (NOTHING, noise) for tester in names]
        line += [
            Passage(maker, attack, tester, part)
            for maker in names
            for part in parts_of(hundred, n, attack)
            for tester in names
        ]
    return line


def gathered(kept: Mapping[Passage, Tensor], maker: str, attack: str, tester: str, n: int) -> Tensor:
    """(n,) what the tester read so far, without gaps."""
    found: list[Tensor] = []
    for part in range(parts(n, attack)):
        reads = kept.get(Passage(maker, attack, tester, part))
        if reads is None:
            break
        found.append(reads)
    return torch.cat(found)[:n] if found else torch.empty(0, dtype=torch.uint8)
