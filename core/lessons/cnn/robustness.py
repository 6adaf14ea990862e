"""Accuracy against the strength of a change: how much shaking a network bears."""

from collections.abc import Collection, Iterator, Mapping

from torch import nn

from core.data.digits import Digits
from core.lessons.cnn.transforms import Transform
from core.models.evaluation import Score, evaluate


def outwards(transform: Transform) -> list[float]:
    """The strengths to measure at, from "nothing changed" outwards, so that a curve grows from its middle."""
    middle = transform.none
    return sorted(transform.strengths, key=lambda strength: (abs(strength - middle), strength))


def accuracy_against_strength(
    models: Mapping[str, nn.Module], digits: Digits, transform: Transform, known: Collection[tuple[str, float]] = ()
) -> Iterator[tuple[str, float, Score]]:
    """(network's name, strength, its score), one after the other, from "nothing changed" outwards.

    All networks read the same changed digits; the labels stay as they are. known: pairs of name and strength
    to leave out, so that a measurement broken off goes on where it stopped.
    """
    for strength in outwards(transform):
        missing = [name for name in models if (name, strength) not in known]
        if not missing:
            continue
        changed = Digits(transform(digits.images, strength), digits.labels)
        for name in missing:
            yield name, strength, evaluate(models[name], changed)
