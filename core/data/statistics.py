"""Numbers that describe a set of digits, computed from its pixels and never assumed."""

import torch
from torch import Tensor

from core.data.digits import CLASSES, Digits


def mean_std(images: Tensor) -> tuple[float, float]:
    """Mean and standard deviation over every pixel of every image (N, 1, 28, 28).

    About 0.1307 and 0.3081 for MNIST's training images: what normalization (x − mean) / std uses.
    """
    std, mean = torch.std_mean(images, correction=0)
    return float(mean), float(std)


def class_counts(labels: Tensor) -> Tensor:
    """How many of each digit: (10,) int64."""
    return torch.bincount(labels, minlength=CLASSES)


def class_means(digits: Digits) -> Tensor:
    """The average image of each class: (10, 28, 28) in [0, 1]; zeros for a class without images."""
    return torch.stack([_over_class(digits, digit, spread=False) for digit in range(CLASSES)])


def class_stds(digits: Digits) -> Tensor:
    """How much each pixel varies within each class: (10, 28, 28), standard deviation in [0, 0.5]."""
    return torch.stack([_over_class(digits, digit, spread=True) for digit in range(CLASSES)])


def pixel_histogram(images: Tensor, bins: int = 32) -> tuple[Tensor, Tensor]:
    """(edges (bins + 1,), share of all pixels in each bin (bins,)) over [0, 1]."""
    share = counted(images.float(), 0.0, 1.0, bins).double() / max(1, images.numel())
    return torch.linspace(0, 1, bins + 1), share.float()


def counted(values: Tensor, low: float, high: float, bins: int) -> Tensor:
    """How many of the values lie in each of `bins` equal bins from `low` to `high`: (bins,) int64.

    What lies outside is not counted. torch.histc counts in float32, which stands still at 2²⁴: it is given
    no more values than that at once, and its counts are added up as integers.
    """
    counts = torch.zeros(bins, dtype=torch.int64)
    for part in torch.split(values.flatten(), 2**24):
        counts += torch.histc(part, bins=bins, min=low, max=high).long()
    return counts


def _over_class(digits: Digits, digit: int, *, spread: bool) -> Tensor:
    images = digits.images[digits.labels == digit, 0]
    if len(images) == 0:
        return torch.zeros(digits.images.shape[2:])
    return images.std(dim=0, correction=0) if spread else images.mean(dim=0)
