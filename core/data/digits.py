"""The two shapes in which digits travel through the lab: a set of them, and all of MNIST."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from torch import Tensor

Source = Literal["MNIST_ROOT", "downloaded", "bundled"]
Size = Literal["full", "small"]

SIDE = 28
CLASSES = 10


@dataclass(frozen=True, eq=False)
class Digits:
    """Handwritten digits as two tensors, whole in memory: indexing is all a data loader would do.

    images: (N, 1, 28, 28) float32, pixels in [0, 1], 0 = paper (black on screen), 1 = ink (white).
    labels: (N,) int64, 0…9.

    The tensors are shared by everyone who loads the data: treat them as read-only.
    """

    images: Tensor
    labels: Tensor

    def __post_init__(self) -> None:
        if self.images.shape != (len(self.labels), 1, SIDE, SIDE):
            raise ValueError(f"{len(self.labels)} labels do not fit images of shape {tuple(self.images.shape)}")

    @property
    def inputs(self) -> Tensor:
        """The images (N, 1, 28, 28), under the name that any examples have."""
        return self.images

    @cached_property
    def short(self) -> Tensor:
        """The images as rows (N, 784) in bfloat16, pixels in [0, 1], kept from when they are first asked for:
        half as much to read for networks that compute in 16 bits."""
        return self.images.flatten(1).bfloat16()

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: Tensor | slice) -> "Digits":
        """The digits at `index` (positions, a Boolean mask, or a slice), in that order."""
        return Digits(self.images[index], self.labels[index])

    def of_class(self, digit: int) -> Tensor:
        """Positions (n,) of every image labeled `digit`, ascending, int64."""
        return torch.nonzero(self.labels == digit).flatten()


@dataclass(frozen=True, eq=False)
class Mnist:
    """Training and test digits, where they came from, and what was wrong with a better source.

    size "full": 59,000 for training (the 60,000 without the bundled test digits) and 10,000 for the test.
    size "small": the bundled 4,000 and 1,000.
    problem: one sentence when a fuller source was there but could not be used, else None.
    """

    source: Source
    size: Size
    train: Digits
    test: Digits
    problem: str | None = None
