"""The images most like a given one, where like means: small difference, pixel by pixel."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.data.digits import CLASSES, Digits


@dataclass(frozen=True, eq=False)
class Neighbors:
    """positions (K,) in the set searched, nearest first; distances (K,) in pixel units; their labels (K,).

    A distance is √Σ(difference²) over the 784 pixels. If n pixels flip from black to white, it is √n: a
    distance of 7 is as much as 49 whole pixels.
    """

    positions: Tensor
    distances: Tensor
    labels: Tensor

    def vote(self) -> int:
        """The commonest label among them, the nearest one's where two are equally common."""
        votes = torch.bincount(self.labels, minlength=CLASSES)
        return next(int(label) for label in self.labels if votes[label] == votes.max())

    def shares(self) -> Tensor:
        """(10,) the share of the vote that each class gets, in [0, 1]; together 1."""
        return torch.bincount(self.labels, minlength=CLASSES) / len(self.labels)


def nearest(query: Tensor, digits: Digits, count: int = 10, leave_out: int | None = None) -> Neighbors:
    """The `count` images of `digits` nearest to `query` (any shape of 784 pixels in [0, 1]).

    leave_out: a position never to report, for a query that is itself in the set.
    """
    point = query.flatten()
    rows = digits.images.flatten(1)
    # |x − q|² = |x|² − 2 x·q + |q|² needs one pass over memory; rounding is mended below by subtracting.
    rough = torch.linalg.vecdot(rows, rows) - 2 * (rows @ point)
    if leave_out is not None:
        rough[leave_out] = torch.inf
    count = min(count, len(digits) - (leave_out is not None))
    candidates = rough.topk(min(count + 20, len(digits)), largest=False).indices
    exact = torch.linalg.vector_norm(rows[candidates] - point, dim=1)
    if leave_out is not None:
        exact[candidates == leave_out] = torch.inf
    order = torch.argsort(exact, stable=True)[:count]
    positions = candidates[order]
    return Neighbors(positions, exact[order], digits.labels[positions])
