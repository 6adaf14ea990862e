"""Where a network computes in 16 bits, its small layers keep 32."""

import pytest
import torch
from torch import Tensor, nn

from core.models.precision import SMALL, Linear, affine

SIZES = {"small": (100, 10), "large": (256, SMALL // 256)}


def in_16_bits(work: "nn.Module | object", *arguments: Tensor) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        return work(*arguments)  # type: ignore[operator, no-any-return]


@pytest.mark.parametrize("size", SIZES)
def test_only_large_products_are_short(size: str) -> None:
    wide, narrow = SIZES[size]
    x, weight, bias = torch.randn(7, wide), torch.randn(wide, narrow), torch.randn(narrow)
    exact = affine(x, weight, bias)
    short = in_16_bits(affine, x, weight, bias)
    assert short.dtype == (torch.float32 if size == "small" else torch.bfloat16)
    assert torch.equal(short, exact) == (size == "small")
    torch.testing.assert_close(short.float(), exact, atol=0.5, rtol=0.02)


@pytest.mark.parametrize("size", SIZES)
def test_the_layer_follows_the_same_rule(size: str) -> None:
    wide, narrow = SIZES[size]
    layer, x = Linear(wide, narrow), torch.randn(7, wide)
    stock = nn.Linear(wide, narrow)
    stock.load_state_dict(layer.state_dict())
    assert torch.equal(layer(x), stock(x))
    short = in_16_bits(layer, x)
    assert torch.equal(short, stock(x) if size == "small" else in_16_bits(stock, x))


def test_a_small_layer_takes_what_a_large_one_gives() -> None:
    """And hands its gradient down in 16 bits again."""
    large, small = Linear(*SIZES["large"]), Linear(SIZES["large"][1], 10)
    outputs = in_16_bits(lambda x: small(large(x)), torch.randn(5, SIZES["large"][0]))
    assert outputs.dtype == torch.float32
    outputs.sum().backward()  # type: ignore[no-untyped-call]
    for layer in (large, small):
        assert layer.weight.grad is not None
        assert layer.weight.grad.dtype == torch.float32
        assert layer.weight.grad.any()
