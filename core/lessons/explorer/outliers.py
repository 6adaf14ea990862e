"""Odd ones: digits unlike their class, and pairs that are almost the same picture."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.data.digits import Digits
from core.data.statistics import class_means


@dataclass(frozen=True, eq=False)
class Outliers:
    """positions (K,) in the set, farthest first; distances (K,) to the mean of their own class, pixel units.

    nearer: (K,) the class whose mean is nearest, which for many outliers is not their own.
    """

    positions: Tensor
    distances: Tensor
    nearer: Tensor


@dataclass(frozen=True, eq=False)
class Pairs:
    """K pairs of images of one class, most alike first: positions (K, 2) and distances (K,); 0 is a copy."""

    positions: Tensor
    distances: Tensor


def farthest(digits: Digits, digit: int, count: int = 10) -> Outliers:
    """The images labeled `digit` that lie farthest from their class mean."""
    places = digits.of_class(digit)
    means = class_means(digits).flatten(1)
    distances = torch.cdist(digits.images[places].flatten(1), means)
    own, order = distances[:, digit].topk(min(count, len(places)))
    return Outliers(places[order], own, distances[order].argmin(dim=1))


def closest_pairs(digits: Digits, digit: int, count: int = 5, chunk: int = 1000) -> Pairs:
    """The most alike pairs among the images labeled `digit`, each pair once.

    Compares all of them (17 million pairs for 5,900 images), chunk by chunk so that memory stays small.
    """
    places = digits.of_class(digit)
    rows = digits.images[places].flatten(1)
    squares = torch.linalg.vecdot(rows, rows)
    best, pairs = torch.empty(0), torch.empty(0, 2, dtype=torch.int64)
    wanted = 4 * count  # a few spare: products round, and the exact distances below may change the order
    for start in range(0, len(rows), chunk):
        part = rows[start : start + chunk]
        rough = squares[start : start + chunk, None] + squares[None, start:] - 2 * part @ rows[start:].T
        rough.masked_fill_(torch.ones_like(rough, dtype=torch.bool).tril_(), torch.inf)
        values, flat = rough.flatten().topk(min(wanted, rough.numel()), largest=False)
        found = torch.stack([flat // rough.shape[1], flat % rough.shape[1]], dim=1) + start
        known = values.isfinite()
        best, pairs = torch.cat([best, values[known]]), torch.cat([pairs, found[known]])
        order = best.argsort()[:wanted]
        best, pairs = best[order], pairs[order]
    exact = torch.linalg.vector_norm(rows[pairs[:, 0]] - rows[pairs[:, 1]], dim=1)
    order = exact.argsort(stable=True)[:count]
    return Pairs(places[pairs[order]], exact[order])
