"""How a network errs: which digit for which, how often, and where it was surest and wrong."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.data.digits import CLASSES
from core.evaluation import wilson


@dataclass(frozen=True)
class DigitScore:
    """One digit: `correct` of its `n` images read rightly, and the 95 % interval of that share."""

    digit: int
    correct: int
    n: int

    @property
    def accuracy(self) -> float:
        """Share read rightly, in [0, 1]."""
        return self.correct / self.n if self.n else float("nan")

    @property
    def ci95(self) -> tuple[float, float]:
        """Where the share on endlessly many such images lies (Wilson 1927)."""
        return wilson(self.correct, self.n)


def confusion(labels: Tensor, called: Tensor) -> Tensor:
    """(10, 10) int64: entry [t, p] counts images of digit t read as p; right ones on the diagonal."""
    return torch.bincount(labels * CLASSES + called, minlength=CLASSES**2).view(CLASSES, CLASSES)


def per_digit(table: Tensor) -> list[DigitScore]:
    """The score of every digit, from the table of `confusion`."""
    return [DigitScore(d, int(table[d, d]), int(table[d].sum())) for d in range(CLASSES)]


def confident_mistakes(probabilities: Tensor, labels: Tensor, count: int = 24) -> Tensor:
    """Positions of misread images, the one read with most confidence first; at most `count`, int64."""
    sure, called = probabilities.max(dim=1)
    wrong = torch.nonzero(called != labels).flatten()
    order = sure[wrong].argsort(descending=True, stable=True)
    return wrong[order[:count]]


def read_as(probabilities: Tensor, labels: Tensor, digit: int, called: int) -> Tensor:
    """Positions of images of `digit` that were read as `called`, surest first."""
    sure, answers = probabilities.max(dim=1)
    places = torch.nonzero((labels == digit) & (answers == called)).flatten()
    return places[sure[places].argsort(descending=True, stable=True)]


def commonest_mistake(table: Tensor) -> tuple[int, int, int] | None:
    """(digit, read as, how often) of the mistake made most, or None if there was none."""
    wrong = table - torch.diag(table.diagonal())
    most = int(wrong.argmax())
    often = int(wrong.flatten()[most])
    return (most // CLASSES, most % CLASSES, often) if often else None
