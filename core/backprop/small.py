"""A network to follow on paper: 4 inputs, 3 hidden units, 3 classes, numbers of few decimals."""

import torch
from torch import Generator, Tensor

from core.backprop.network import Layer

SIZES = (4, 3, 3)


def small_layers(seed: int) -> list[Layer]:
    """Two layers of SIZES in float64: weights (in, out) and biases (out,) drawn from the normal distribution.

    Weights are rounded to one decimal; biases are half as large.
    """
    draw = torch.Generator().manual_seed(seed)
    inputs, hidden, classes = SIZES
    return [
        Layer(_rounded(draw, inputs, hidden), _rounded(draw, hidden) / 2),
        Layer(_rounded(draw, hidden, classes), _rounded(draw, classes) / 2),
    ]


def small_batch(seed: int, images: int) -> tuple[Tensor, Tensor]:
    """(x, labels) to begin with: x (images, 4) in float64 with one decimal, labels (images,)."""
    draw = torch.Generator().manual_seed(seed + 1)
    x = torch.stack([_rounded(draw, SIZES[0]) for _ in range(images)])
    return x, torch.randint(SIZES[-1], (images,), generator=draw)


def _rounded(draw: Generator, *shape: int) -> Tensor:
    numbers = torch.randn(*shape, generator=draw, dtype=torch.float64)
    return (numbers * 10).round() / 10
