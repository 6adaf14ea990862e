"""Kernels that people designed long before networks learned their own: blur, sharpen, edges, emboss."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Filter:
    """A designed kernel. make: its side (3 or 5) to the kernel (k, k) in float64. description: what it does."""

    make: Callable[[int], Tensor]
    description: str


def identity(side: int) -> Tensor:
    """(side, side): 1 in the middle, 0 around: the image stays as it is."""
    kernel = torch.zeros(side, side, dtype=torch.float64)
    kernel[side // 2, side // 2] = 1.0
    return kernel


def blur(side: int) -> Tensor:
    """(side, side): the mean of all pixels under it."""
    return torch.full((side, side), 1.0 / side**2, dtype=torch.float64)


def edges(side: int) -> Tensor:
    """(side, side): the center against all around it (a discrete Laplacian); on a uniform area it gives 0."""
    return side**2 * identity(side) - 1.0


def sharpen(side: int) -> Tensor:
    """The image plus its difference from its surroundings.

    3×3 is the common one with 5 in the middle; 5×5 is twice the image minus its mean.
    """
    if side == 3:
        return torch.tensor([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], dtype=torch.float64)
    return 2 * identity(side) - blur(side)


def sobel(side: int) -> Tensor:
    """Right minus left, smoothed downwards (Sobel & Feldman 1968): it finds vertical edges.

    Its transpose finds horizontal ones. 5×5: the same with binomial weights.
    """
    smooth, slope = ([1, 2, 1], [-1, 0, 1]) if side == 3 else ([1, 4, 6, 4, 1], [-1, -2, 0, 2, 1])
    return torch.outer(torch.tensor(smooth, dtype=torch.float64), torch.tensor(slope, dtype=torch.float64))


def emboss(side: int) -> Tensor:
    """(side, side): lower right minus upper left, plus the image itself: it looks lit from one side."""
    places = torch.arange(side, dtype=torch.float64)
    return places[:, None] + places[None, :] - (side - 1) + identity(side)


def random_filter(side: int, seed: int) -> Tensor:
    """(side, side): standard normal numbers, rounded to tenths: like a network's kernel before training."""
    generator = torch.Generator().manual_seed(seed)
    return (torch.randn(side, side, generator=generator, dtype=torch.float64) * 10).round() / 10


#: By the names on the screen. A random kernel needs a seed too: see `random_filter`.
FILTERS: dict[str, Filter] = {
    "vertical edges (Sobel)": Filter(
        sobel, "Right minus left: it responds where brightness changes from left to right."
    ),
    "horizontal edges (Sobel)": Filter(
        lambda side: sobel(side).T.contiguous(),
        "Below minus above: it responds where brightness changes from top to bottom.",
    ),
    "edge detection (Laplacian)": Filter(edges, "The center pixel against all those around it: 0 on a uniform area."),
    "blur": Filter(blur, "The mean of all pixels under the kernel."),
    "sharpen": Filter(sharpen, "The image plus its difference from its surroundings."),
    "emboss": Filter(emboss, "Lower right minus upper left, plus the image: as if lit from one side."),
    "identity": Filter(identity, "1 in the center: the output is the image itself."),
}
