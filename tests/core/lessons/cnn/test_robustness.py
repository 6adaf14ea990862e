"""Accuracy against strength: the right pictures, every pair once, and going on where it stopped."""

import torch
from torch import Tensor, nn

from core.data import load
from core.lessons.cnn.transforms import TRANSFORMS, accuracy_against_strength, outwards
from core.models.evaluation import evaluate


class LeftInk(nn.Module):
    """A stand-in that calls everything a 1 whose left half holds more ink than its right half."""

    def __init__(self) -> None:
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        left, right = x[..., :14].sum((1, 2, 3)), x[..., 14:].sum((1, 2, 3))
        out = torch.zeros(len(x), 10)
        out[:, 1] = (left > right).float()
        return out


def test_strengths_from_the_middle_outwards() -> None:
    for transform in TRANSFORMS.values():
        order = outwards(transform)
        assert order[0] == transform.none
        assert sorted(order) == list(transform.strengths)
        distance = [abs(strength - transform.none) for strength in order]
        assert distance == sorted(distance)


def test_scores_are_those_of_the_changed_digits() -> None:
    digits = load("small").test.take(slice(0, 60))
    transform = TRANSFORMS["shift-across"]
    models = {"a": LeftInk(), "b": LeftInk()}
    rows = list(accuracy_against_strength(models, digits, transform))
    assert [(name, strength) for name, strength, _ in rows] == [
        (name, strength) for strength in outwards(transform) for name in models
    ]
    for name, strength, score in rows:
        changed = type(digits)(transform(digits.images, strength), digits.labels)
        assert score == evaluate(models[name], changed)
    assert len({score.correct for _, _, score in rows}) > 1, "a shift changes what this network says"


def test_goes_on_where_it_was_broken_off() -> None:
    digits = load("small").test.take(slice(0, 20))
    transform, models = TRANSFORMS["shift-down"], {"a": LeftInk(), "b": LeftInk()}
    whole = {(n, s): score for n, s, score in accuracy_against_strength(models, digits, transform)}
    known = dict(list(whole.items())[:7])
    rest = {(n, s): score for n, s, score in accuracy_against_strength(models, digits, transform, known)}
    assert not known.keys() & rest.keys()
    assert known | rest == whole
