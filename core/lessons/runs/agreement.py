"""Two networks on the same images: which both read, which only one, which neither."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.models.paired_test import Paired

GROUPS = ("both", "only A", "only B", "neither")


@dataclass(frozen=True)
class Both:
    """Places of images, in order, by who read them correctly: keys are GROUPS."""

    places: dict[str, NDArray[np.int64]]

    @property
    def counts(self) -> dict[str, int]:
        """How many images each group has."""
        return {group: len(places) for group, places in self.places.items()}

    @property
    def paired(self) -> Paired:
        """The comparison of the two, with its interval and p."""
        count = self.counts
        return Paired(sum(count.values()), count["only A"], count["only B"])


def both(first: Sequence[bool], second: Sequence[bool]) -> Both:
    """From whether each image was read correctly by A and by B: the same images in the same order."""
    a, b = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    if a.shape != b.shape:
        raise ValueError(f"{len(a)} answers and {len(b)} cannot be compared image by image.")
    groups = zip(GROUPS, (a & b, a & ~b, ~a & b, ~a & ~b), strict=True)
    return Both({group: np.flatnonzero(members).astype(np.int64) for group, members in groups})
