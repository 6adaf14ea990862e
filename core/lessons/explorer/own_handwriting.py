"""How networks classify a person's own drawings: how many correctly, and which network predicts what for which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import nn
from torch.nn import functional

from core.data.digits import Digits
from core.models.evaluation import Score, logits


@dataclass(frozen=True)
class OwnPredictions:
    """One network's predictions for N drawings.

    predicted: the class of each. confidence: the probability of that class. score: how many are correct.
    """

    predicted: tuple[int, ...]
    confidence: tuple[float, ...]
    score: Score


def predict_own(model: nn.Module, digits: Digits) -> OwnPredictions:
    """Classify all drawings (in eval mode, without gradients)."""
    out = logits(model, digits.images).cpu()
    if not len(digits):
        return OwnPredictions((), (), Score(0, 0, float("nan")))
    confidence, predicted = out.softmax(dim=1).max(dim=1)
    score = Score(
        n=len(digits),
        correct=int((predicted == digits.labels).sum()),
        loss=float(functional.cross_entropy(out, digits.labels)),
    )
    return OwnPredictions(tuple(predicted.tolist()), tuple(confidence.tolist()), score)


@dataclass(frozen=True)
class Misclassified:
    """One drawing that at least one network misclassifies.

    place: its number, from 0. label: its class. predicted_as: wrong class → the networks that predict it, the most
    frequent class first. right: the networks that predict the label.
    """

    place: int
    label: int
    predicted_as: dict[int, tuple[str, ...]]
    right: tuple[str, ...]

    @property
    def wrong(self) -> int:
        """How many networks misclassify it."""
        return sum(len(names) for names in self.predicted_as.values())


def misclassified(labels: Sequence[int], readings: Mapping[str, OwnPredictions]) -> list[Misclassified]:
    """Drawings that at least one network misclassifies, those that most misclassify first."""
    found = []
    for place, label in enumerate(labels):
        said: dict[int, list[str]] = {}
        for name, reading in readings.items():
            said.setdefault(reading.predicted[place], []).append(name)
        right = tuple(said.pop(label, ()))
        if said:
            most_first = sorted(said.items(), key=lambda pair: (-len(pair[1]), pair[0]))
            found.append(Misclassified(place, label, {digit: tuple(names) for digit, names in most_first}, right))
    return sorted(found, key=lambda one: (-one.wrong, one.place))
