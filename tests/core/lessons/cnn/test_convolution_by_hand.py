"""Convolution, ReLU and pooling by hand against PyTorch's, for every setting of the sandbox."""

from itertools import product as every

import pytest
import torch
from torch.nn import functional

from core.config.errors import ConfigError
from core.lessons.cnn.classic_filters import FILTERS, random_filter
from core.lessons.cnn.convolution_by_hand import (
    convolve,
    max_pool,
    off_torch,
    output_side,
    padded,
    pool_window,
    product,
    relu,
)

SETTINGS = list(every((3, 5), (1, 2, 3, 4), (0, 1, 2, 3, 4)))


@pytest.fixture(scope="module")
def image() -> torch.Tensor:
    return torch.rand(28, 28, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.mark.parametrize(("side", "stride", "padding"), SETTINGS)
def test_the_whole_map_is_pytorchs(image: torch.Tensor, side: int, stride: int, padding: int) -> None:
    kernel = random_filter(side, side + stride)
    ours = convolve(image, kernel, 0.7, stride, padding)
    bias = torch.tensor([0.7], dtype=torch.float64)
    theirs = functional.conv2d(image[None, None], kernel[None, None], bias, stride, padding)[0, 0]
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
    assert ours.shape == (output_side(28, side, stride, padding),) * 2
    assert off_torch(image, kernel, 0.7, stride, padding) < 1e-12
    pooled = functional.max_pool2d(relu(theirs)[None], 2)[0]
    torch.testing.assert_close(max_pool(relu(ours)), pooled, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("side", "stride", "padding"), SETTINGS)
def test_every_cell_is_the_sum_over_its_window(image: torch.Tensor, side: int, stride: int, padding: int) -> None:
    kernel = random_filter(side, 3)
    result = convolve(image, kernel, -0.3, stride, padding)
    laid = padded(image, padding)
    last = len(result) - 1
    for row, column in ((0, 0), (0, last), (last, 0), (last, last), (last // 2, last // 3)):
        found = product(image, kernel, row, column, -0.3, stride, padding)
        assert found.total == pytest.approx(float(result[row, column]), abs=1e-12)
        total = -0.3
        for i, j in every(range(side), repeat=2):
            pixel = float(laid[row * stride + i, column * stride + j])
            assert found.window.values[i, j] == pixel
            assert found.products[i, j] == pixel * kernel[i, j]
            total += pixel * float(kernel[i, j])
        assert found.total == pytest.approx(total, abs=1e-12)
        assert (found.window.top, found.window.left) == (row * stride, column * stride)


def test_pooling_leaves_out_an_odd_last_row() -> None:
    values = torch.arange(35.0).reshape(5, 7)
    assert max_pool(values).tolist() == [[8, 10, 12], [22, 24, 26]]
    window = pool_window(values, 1, 2)
    assert (window.top, window.left) == (2, 4)
    assert window.values.tolist() == [[18, 19], [25, 26]]


def test_what_leaves_no_output_is_a_sentence(image: torch.Tensor) -> None:
    with pytest.raises(ConfigError, match="no output"):
        convolve(image[:4, :4], random_filter(5, 0))
    assert convolve(image[:4, :4], random_filter(5, 0), padding=1).shape == (2, 2)
    with pytest.raises(ConfigError, match="Pooling takes 2×2"):
        max_pool(image[:1, :4])
    with pytest.raises(ConfigError, match="at least 1"):
        output_side(28, 3, 0, 0)


@pytest.mark.parametrize("side", [3, 5])
def test_designed_kernels_do_what_they_say(image: torch.Tensor, side: int) -> None:
    made = {name: entry.make(side) for name, entry in FILTERS.items()}
    assert all(kernel.shape == (side, side) for kernel in made.values())
    half = side // 2
    assert torch.equal(convolve(image, made["identity"], padding=half), image)
    even = torch.full((9, 9), 0.6, dtype=torch.float64)
    for name, kept in (
        ("blur", 0.6),
        ("sharpen", 0.6),
        ("emboss", 0.6),
        ("edge detection (Laplacian)", 0.0),
        ("vertical edges (Sobel)", 0.0),
        ("horizontal edges (Sobel)", 0.0),
    ):
        torch.testing.assert_close(
            convolve(even, made[name]), torch.full((9 - 2 * half,) * 2, kept, dtype=torch.float64)
        )
    upright = torch.zeros(9, 9, dtype=torch.float64)
    upright[:, 5:] = 1.0  # brighter on the right
    assert convolve(upright, made["vertical edges (Sobel)"]).max() > 0
    assert convolve(upright, made["vertical edges (Sobel)"]).min() == 0
    assert not convolve(upright, made["horizontal edges (Sobel)"]).any()
    assert convolve(upright.T, made["horizontal edges (Sobel)"]).max() > 0


def test_a_random_kernel_repeats_itself() -> None:
    assert torch.equal(random_filter(5, 7), random_filter(5, 7))
    assert not torch.equal(random_filter(5, 7), random_filter(5, 8))
