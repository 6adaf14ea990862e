"""How a network errs: which digit for which, how often, and where it was surest and wrong."""

import torch
from torch import Tensor

from core.data.digits import CLASSES
from core.models.evaluation import Score


def confusion(labels: Tensor, predicted: Tensor) -> Tensor:
    """(10, 10) int64: entry [t, p] counts images of digit t read as p; right ones on the diagonal."""
    return torch.bincount(labels * CLASSES + predicted, minlength=CLASSES**2).view(CLASSES, CLASSES)


def per_digit(labels: Tensor, probabilities: Tensor) -> list[Score]:
    """How the images of each digit were read, 0 first, from the probabilities (N, 10) of all images.

    A right answer's probability that float32 rounds to 0 counts as the smallest it can hold: a loss of 87
    nats. A digit without images has a loss of NaN.
    """
    right = probabilities.argmax(dim=1) == labels
    given = probabilities.gather(1, labels.unsqueeze(1)).flatten()
    losses = -given.clamp_min(torch.finfo(given.dtype).tiny).log()
    places = [labels == digit for digit in range(CLASSES)]
    return [Score(int(at.sum()), int(right[at].sum()), float(losses[at].mean())) for at in places]


def confident_mistakes(probabilities: Tensor, labels: Tensor, count: int = 24) -> Tensor:
    """Positions of misread images, the one read with most confidence first; at most `count`, int64.

    probabilities: (N, 10); labels: (N,).
    """
    confidence, predicted = probabilities.max(dim=1)
    wrong = torch.nonzero(predicted != labels).flatten()
    order = confidence[wrong].argsort(descending=True, stable=True)
    return wrong[order[:count]]


def predicted_as(probabilities: Tensor, labels: Tensor, digit: int, predicted: int) -> Tensor:
    """Positions (n,) of images of `digit` that were predicted as `predicted`, most confident first.

    probabilities: (N, 10); labels: (N,).
    """
    confidence, answers = probabilities.max(dim=1)
    places = torch.nonzero((labels == digit) & (answers == predicted)).flatten()
    return places[confidence[places].argsort(descending=True, stable=True)]


def commonest_mistake(table: Tensor) -> tuple[int, int, int] | None:
    """(digit, read as, how often) of the mistake made most, or None if there was none. table: (10, 10)."""
    wrong = table - torch.diag(table.diagonal())
    most = int(wrong.argmax())
    often = int(wrong.flatten()[most])
    return (most // CLASSES, most % CLASSES, often) if often else None
