"""Convolution, ReLU and max-pooling of one small picture, written so that every number can be looked up.

A kernel is laid on the picture, what lies under it is multiplied cell by cell and added up; then it moves on.
Deep learning calls this convolution though the kernel is not flipped: mathematics calls it cross-correlation
(Goodfellow, Bengio & Courville 2016, section 9.1).
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from core.config.errors import ConfigError
from core.formatting import article


@dataclass(frozen=True, eq=False)
class Window:
    """What one cell of a map looks at: `values` (k, k), the first of them at row `top` and column `left`.

    Rows and columns count from the corner of what the window lies on: for a convolution the padded picture.
    """

    top: int
    left: int
    values: Tensor


@dataclass(frozen=True, eq=False)
class Product:
    """One cell of a convolution's output: products (k, k) = window × kernel; total = their sum + bias."""

    window: Window
    products: Tensor
    total: float


def output_side(side: int, kernel: int, stride: int, padding: int) -> int:
    """How many places a kernel finds along `side` pixels: ⌊(side + 2·padding − kernel) / stride⌋ + 1.

    Raises ConfigError if it finds none.
    """
    if stride < 1 or padding < 0 or kernel < 1:
        raise ConfigError("A kernel and a stride are at least 1 and a padding is not negative.")
    room = side + 2 * padding - kernel
    if room < 0:
        raise ConfigError(
            f"{article(f'{kernel}×{kernel}').capitalize()} kernel finds no place on {side}×{side} pixels "
            f"with {padding} rows of "
            "zeros around them, so there is no output. Take a smaller kernel or more padding."
        )
    return room // stride + 1


def padded(image: Tensor, padding: int) -> Tensor:
    """(H, W) with `padding` rows and columns of zeros on every side: (H + 2p, W + 2p)."""
    high, wide = image.shape
    laid = image.new_zeros(high + 2 * padding, wide + 2 * padding)
    laid[padding : padding + high, padding : padding + wide] = image
    return laid


def convolve(image: Tensor, kernel: Tensor, bias: float = 0.0, stride: int = 1, padding: int = 0) -> Tensor:
    """Image (H, W) and kernel (k, k) to the map (h, w) of all places: Σ window × kernel + bias.

    Raises ConfigError where the kernel finds no place.
    """
    side = len(kernel)
    for length in image.shape:
        output_side(length, side, stride, padding)  # refuses what leaves no output
    windows = padded(image, padding).unfold(0, side, stride).unfold(1, side, stride)  # (h, w, k, k)
    return (windows * kernel).sum(dim=(2, 3)) + bias


def product(
    image: Tensor, kernel: Tensor, row: int, column: int, bias: float = 0.0, stride: int = 1, padding: int = 0
) -> Product:
    """How the cell (row, column) of that map comes about. image: (H, W); kernel: (k, k)."""
    side = len(kernel)
    top, left = row * stride, column * stride
    patch = padded(image, padding)[top : top + side, left : left + side]
    products = patch * kernel
    return Product(Window(top, left, patch), products, float(products.sum() + bias))


def relu(values: Tensor) -> Tensor:
    """Whatever is below zero becomes 0; any shape."""
    return values.clamp_min(0.0)


def max_pool(values: Tensor) -> Tensor:
    """(H, W) to (⌊H/2⌋, ⌊W/2⌋): the largest of every 2×2 cells; an odd last row or column is left over.

    Raises ConfigError for a map of fewer than 2×2 cells.
    """
    if min(values.shape) < 2:
        raise ConfigError(
            f"Pooling takes 2×2 cells, but this map has only {values.shape[0]}×{values.shape[1]}. "
            "Take a smaller stride or more padding."
        )
    return values.unfold(0, 2, 2).unfold(1, 2, 2).amax(dim=(2, 3))


def pool_window(values: Tensor, row: int, column: int) -> Window:
    """The 2×2 cells that the pooled cell (row, column) chooses from."""
    top, left = 2 * row, 2 * column
    return Window(top, left, values[top : top + 2, left : left + 2])


def off_torch(image: Tensor, kernel: Tensor, bias: float, stride: int, padding: int) -> float:
    """The largest difference between our map and the one that torch.nn.functional.conv2d computes.

    image: (H, W); kernel: (k, k).
    """
    ours = convolve(image, kernel, bias, stride, padding)
    shift = torch.tensor([bias], dtype=image.dtype)
    theirs = functional.conv2d(image[None, None], kernel[None, None], shift, stride, padding)[0, 0]
    return float((ours - theirs).abs().max())
