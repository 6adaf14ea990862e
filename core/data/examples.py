"""What anything to learn from looks like, inputs and labels of one length, and how a run divides it."""

from dataclasses import dataclass
from typing import Protocol, Self

import torch
from torch import Tensor


class Examples(Protocol):
    """A set of examples; `Digits` is one, `Samples` is another.

    inputs: (N, …) what the network receives. labels: (N,) int64 classes, or (N, 1) float32 numbers.
    """

    @property
    def inputs(self) -> Tensor: ...

    @property
    def labels(self) -> Tensor: ...

    def __len__(self) -> int: ...

    def take(self, index: Tensor | slice) -> Self:
        """The examples at `index`, in that order: (n,) positions, an (N,) mask, or a slice."""


class Material(Protocol):
    """Examples to train on and to test with. size: names them in a run's record."""

    @property
    def train(self) -> Examples: ...

    @property
    def test(self) -> Examples: ...

    @property
    def size(self) -> str: ...


@dataclass(frozen=True, eq=False)
class Samples:
    """Examples that are no digits.

    groups: (N,) int64, examples of one group stay on one side where some are held out for validation; None:
    each for itself.
    """

    inputs: Tensor
    labels: Tensor
    groups: Tensor | None = None

    def __post_init__(self) -> None:
        if len(self.inputs) != len(self.labels):
            raise ValueError(f"{len(self.inputs)} inputs do not fit {len(self.labels)} labels")

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: Tensor | slice) -> "Samples":
        """The examples at `index` (positions, a Boolean mask, or a slice), in that order."""
        groups = None if self.groups is None else self.groups[index]
        return Samples(self.inputs[index], self.labels[index], groups)


@dataclass(frozen=True)
class RunData:
    """The examples of one run: images, words or points.

    train: where training and validation images come from. test: what is only reported. train_places,
    validation_places: which of `train` are trained on, and which are held out to choose by; None means all
    and none. first_half: where the run validates on the first half of the test images, as the lab report
    does, those; `test` is then the last half alone.
    """

    train: Examples
    test: Examples
    train_places: Tensor | None = None
    validation_places: Tensor | None = None
    first_half: Examples | None = None

    @property
    def places(self) -> Tensor:
        """Places (N,) of the images that are trained on."""
        return torch.arange(len(self.train)) if self.train_places is None else self.train_places
