"""Scoring a network: accuracy with its interval, loss, probabilities."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.config.proportion import Proportion
from core.data.examples import Examples


@dataclass(frozen=True)
class Score:
    """How a network did on `n` examples. loss: mean cross-entropy in nats; correct: how many it read right.

    Where the labels are numbers, not classes, the loss is the mean squared error and `correct` is None.

    A network whose outputs are no longer numbers has read nothing: then `loss` is not finite, and `known`
    says so.
    """

    n: int
    correct: int | None
    loss: float

    @property
    def known(self) -> bool:
        """Whether there is a score at all: some images, and outputs that are numbers."""
        return self.n > 0 and math.isfinite(self.loss)

    @property
    def accuracy(self) -> float:
        """Share of images read correctly, in [0, 1]; not a number where the score is not `known`."""
        return self.correct / self.n if self.known and self.correct is not None else float("nan")

    @property
    def graded(self) -> bool:
        """Whether there is an accuracy."""
        return self.known and self.correct is not None

    def __add__(self, other: "Score") -> "Score":
        """The score on both sets of images together."""
        n = self.n + other.n
        loss = (self.n * self.loss + other.n * other.loss) / n if n else float("nan")
        both = self.correct is not None and other.correct is not None
        return Score(n, (self.correct or 0) + (other.correct or 0) if both else None, loss)

    @property
    def ci95(self) -> tuple[float, float]:
        """The 95% interval of the accuracy, as fractions (Wilson 1927); (0, 1) where nothing is known."""
        return Proportion(self.correct, self.n).interval if self.known and self.correct is not None else (0.0, 1.0)


@contextmanager
def in_eval_mode(model: nn.Module) -> Iterator[None]:
    """The model in eval mode within; afterwards every part of it is in the mode it was in."""
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for part, training in modes:
            part.training = training


def logits(model: nn.Module, images: Tensor, index: Tensor | None = None, chunk: int = 200) -> Tensor:
    """(N, 10) outputs for (N, 1, 28, 28) images in [0, 1], without gradients and in eval mode.

    index: places (N,) of the images to take, in that order; all of them if None. Every part of the model is
    put back into its mode afterwards. Images go through in chunks: what a few hundred leave between layers
    fits the processor's cache, which makes a convolutional network several times faster than thousands at
    once.
    """
    device = next(model.parameters(), images).device
    chunks = torch.split(images, chunk) if index is None else torch.split(index, chunk)
    with in_eval_mode(model), torch.no_grad():
        parts = [model((part if index is None else images[part]).to(device)).float() for part in chunks]
    return torch.cat(parts) if parts else torch.empty(0, 10)


def predict(model: nn.Module, images: Tensor) -> Tensor:
    """Probabilities (N, 10) on the CPU, rows summing to 1, for (N, 1, 28, 28) images in [0, 1]."""
    return logits(model, images).softmax(dim=1).cpu()


def evaluate(model: nn.Module, examples: Examples, index: Tensor | None = None) -> Score:
    """Score a model on a set of examples, or on those of them that `index` (N,) names.

    The model returns logits where labels are classes, (N, 1) numbers where they are numbers.
    """
    out = logits(model, examples.inputs, index)
    labels = (examples.labels if index is None else examples.labels[index]).to(out.device)
    if labels.is_floating_point():
        error = functional.mse_loss(out, labels).item() if len(labels) else float("nan")
        return Score(n=len(labels), correct=None, loss=error)
    loss = functional.cross_entropy(out, labels, reduction="mean").item() if len(labels) else float("nan")
    return Score(n=len(labels), correct=int((out.argmax(1) == labels).sum()), loss=loss)
