"""The smallest ε with which an attack succeeds: each image's own distance to being misclassified.

Success need not grow with ε (one FGSM step of ε = 0.5 may land beyond the place where the network errs), so a
coarse scan from below finds the first ε that succeeds, and bisection of the gap below it refines it.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS, NormName
from core.attacks.run import attack
from core.config.validation import require
from core.models.evaluation import logits

#: Where the scan ends unless told: at L∞ 0.5 every image can be made the same gray; the others are as far.
FARTHEST: dict[NormName, float] = {"linf": 0.5, "l2": 10.0, "l0": 200.0}
PRECISION: dict[NormName, float] = {"linf": 0.001, "l2": 0.01, "l0": 1.0}
SCAN = 20  # values of ε that are tried from below before the halving begins

Part = Literal["clean", "scan", "halving", "search"]


@dataclass(frozen=True)
class Try:
    """One ε and its result. read: the class predicted then, with probability `confidence`.

    chance: the probability of the true class; with a target that of the target.
    part: "clean" (ε = 0), "scan", "halving", or "search" for attacks that look for the smallest change
    themselves.
    """

    epsilon: float
    succeeded: bool
    read: int
    confidence: float
    chance: float
    part: Part


@dataclass(frozen=True, eq=False)
class Bisection:
    """What was found for one image.

    epsilon: the smallest ε that succeeded, in the attack's norm; 0 if the image is misclassified (or predicted as the
    target) as it is, None if no ε up to the end of the scan succeeded. tries: in the order they were made.
    image: (1, 28, 28), the attacked image at that ε, on the CPU; the original where there is none.
    """

    epsilon: float | None
    tries: tuple[Try, ...]
    image: Tensor


def smallest_epsilon(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    config: AttackConfig,
    *,
    precision: float | None = None,
    farthest: float | None = None,
    places: Tensor | None = None,
) -> list[Bisection]:
    """Each image's smallest ε under the attack of `config` (whose own ε is not used).

    images: (N, 1, 28, 28) in [0, 1]. labels: (N,). precision: the gap at which the halving ends; farthest:
    where the scan ends, both in units of the attack's norm. places: as in `attack`. An ε between two of the
    scan that succeeds while both do not is missed: the result is an upper bound, as with every attack.

    Raises ConfigError if precision or farthest make no sense, LabError as `attack`.
    """
    entry = ATTACKS[config.name]
    farthest = FARTHEST[entry.norm] if farthest is None else farthest
    precision = PRECISION[entry.norm] if precision is None else precision
    largest = NORMS[entry.norm].largest
    require(0 < farthest <= largest, f"The scan must end between 0 and {largest:g}, not at {farthest!r}.")
    require(precision > 0, f"The precision must be more than 0; it is {precision!r}.")
    if entry.norm == "l0":
        precision = max(precision, 1.0)  # there is no half pixel
    search = _Search(model, images, labels, config, places)
    if not entry.bounded:
        return search.by_the_attack_itself(farthest)
    for epsilon in _grid(entry.norm, farthest):
        search.attempt(search.standing(), epsilon, "scan")
    while groups := search.gaps(precision):
        for (low, high), index in groups.items():
            middle = (low + high) / 2
            search.attempt(index, float(int(middle)) if entry.norm == "l0" else middle, "halving")
    return search.found()


def _grid(norm: NormName, farthest: float) -> list[float]:
    even = [farthest * part / SCAN for part in range(1, SCAN + 1)]
    return sorted({max(1.0, float(round(one))) for one in even}) if norm == "l0" else even


class _Search:
    """The tries made so far, image by image."""

    def __init__(
        self, model: nn.Module, images: Tensor, labels: Tensor, config: AttackConfig, places: Tensor | None
    ) -> None:
        self.model, self.images, self.labels, self.config = model, images, labels, config
        self.places = torch.arange(len(images)) if places is None else places
        self.tries: list[list[Try]] = [[] for _ in labels]
        self.low, self.high = [0.0] * len(labels), [float("inf")] * len(labels)
        self.best = images.detach().cpu().clone()
        if len(images):
            self.attempt(list(range(len(images))), 0.0, "clean")

    def standing(self) -> list[int]:
        """Images on which no ε has succeeded yet."""
        return [place for place, high in enumerate(self.high) if high == float("inf")]

    def gaps(self, precision: float) -> dict[tuple[float, float], list[int]]:
        """Images whose smallest ε is not known to within `precision`, by the gap in which it lies."""
        groups: dict[tuple[float, float], list[int]] = defaultdict(list)
        for place, gap in enumerate(zip(self.low, self.high, strict=True)):
            if gap[1] < float("inf") and gap[1] - gap[0] > precision * (1 + 1e-9):
                groups[gap].append(place)
        return groups

    def attempt(self, index: list[int], epsilon: float, part: Part) -> None:
        """Attack the images at `index` with ε and note what came of it."""
        if not index:
            return
        made = self._attack(index, epsilon)
        for place, image, one in zip(index, made, self._tries(index, made, part), strict=True):
            self._note(place, image, replace(one, epsilon=epsilon))

    def by_the_attack_itself(self, farthest: float) -> list[Bisection]:
        """One run of an attack that looks for the smallest change: its size is the answer."""
        index = self.standing()
        if index:
            made = self._attack(index, farthest)
            sizes = NORMS[ATTACKS[self.config.name].norm].size(made - self.images[index]).tolist()
            for row, one in enumerate(self._tries(index, made, "search")):
                size = sizes[row] if one.succeeded else farthest
                self._note(index[row], made[row], replace(one, epsilon=size))
        return self.found()

    def found(self) -> list[Bisection]:
        """One Bisection an image."""
        return [
            Bisection(None if high == float("inf") else high, tuple(tries), image)
            for high, tries, image in zip(self.high, self.tries, self.best, strict=True)
        ]

    def _attack(self, index: list[int], epsilon: float) -> Tensor:
        config = replace(self.config, epsilon=epsilon)
        return attack(self.model, self.images[index], self.labels[index], config, places=self.places[index])

    def _tries(self, index: list[int], made: Tensor, part: Part) -> list[Try]:
        chances, target = logits(self.model, made).softmax(1), self.config.target
        confidence, read = chances.max(1)
        aimed = self.labels[index] if target is None else torch.full_like(self.labels[index], target)
        succeeded = read != aimed if target is None else read == target
        chance = chances.gather(1, aimed[:, None].to(chances.device))[:, 0]
        rows = zip(succeeded.tolist(), read.tolist(), confidence.tolist(), chance.tolist(), strict=True)
        return [Try(0.0, *row, part) for row in rows]

    def _note(self, place: int, image: Tensor, one: Try) -> None:
        self.tries[place].append(one)
        if one.succeeded:
            self.high[place], self.best[place] = one.epsilon, image.detach().cpu()
        else:
            self.low[place] = one.epsilon
