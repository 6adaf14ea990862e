"""How networks read a person's own drawings: right or wrong, and which drawing was taken for what by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import nn
from torch.nn import functional

from core.data.digits import Digits
from core.models.evaluation import Score, logits


@dataclass(frozen=True)
class OwnReading:
    """One network's answers to N drawings.

    answers: the digit it reads in each. confidence: the probability it gives that digit. score: how many are right.
    """

    answers: tuple[int, ...]
    confidence: tuple[float, ...]
    score: Score


def read_own(model: nn.Module, digits: Digits) -> OwnReading:
    """Let a network read all drawings (in eval mode, without gradients)."""
    out = logits(model, digits.images).cpu()
    if not len(digits):
        return OwnReading((), (), Score(0, 0, float("nan")))
    confidence, answers = out.softmax(dim=1).max(dim=1)
    score = Score(
        n=len(digits),
        correct=int((answers == digits.labels).sum()),
        loss=float(functional.cross_entropy(out, digits.labels)),
    )
    return OwnReading(tuple(answers.tolist()), tuple(confidence.tolist()), score)


@dataclass(frozen=True)
class Misread:
    """One drawing that somebody misreads.

    place: its number, from 0. label: what it is said to be. taken_for: wrong digit → networks that read it,
    the digit that most networks see first. right: the networks that read the label.
    """

    place: int
    label: int
    taken_for: dict[int, tuple[str, ...]]
    right: tuple[str, ...]

    @property
    def wrong(self) -> int:
        """How many networks misread it."""
        return sum(len(names) for names in self.taken_for.values())


def misread(labels: Sequence[int], readings: Mapping[str, OwnReading]) -> list[Misread]:
    """Drawings that at least one network misreads, those that most misread first."""
    found = []
    for place, label in enumerate(labels):
        said: dict[int, list[str]] = {}
        for name, reading in readings.items():
            said.setdefault(reading.answers[place], []).append(name)
        right = tuple(said.pop(label, ()))
        if said:
            most_first = sorted(said.items(), key=lambda pair: (-len(pair[1]), pair[0]))
            found.append(Misread(place, label, {digit: tuple(names) for digit, names in most_first}, right))
    return sorted(found, key=lambda one: (-one.wrong, one.place))
