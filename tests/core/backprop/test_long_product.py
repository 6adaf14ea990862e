"""The long product is the gradient, and every step on the way is what its factors say."""

from itertools import pairwise
from typing import get_args

import pytest
import torch
from torch import Tensor

from core.backprop.long_product import long_product, relative_difference, written
from core.backprop.network import Layer, loss_and_gradients
from core.config.errors import ConfigError
from core.config.run import Activation


def case(*sizes: int) -> tuple[list[Layer], Tensor]:
    """Layers of those sizes and one image, in float64."""
    draw = torch.Generator().manual_seed(5)

    def some(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=draw, dtype=torch.float64)

    return [Layer(some(a, b), some(b)) for a, b in pairwise(sizes)], some(1, sizes[0])


@pytest.mark.parametrize("activation", get_args(Activation))
@pytest.mark.parametrize("sizes", [(7, 3), (7, 5, 3), (9, 8, 7, 6, 5, 4)])
def test_the_end_is_the_gradient_of_the_first_weights(sizes: tuple[int, ...], activation: Activation) -> None:
    layers, x = case(*sizes)
    factors = long_product(layers, activation, x, 2)
    _, gradients = loss_and_gradients(layers, activation, x, torch.tensor([2]))
    assert len(factors) == 2 * len(layers)
    assert relative_difference(factors[-1].product, gradients[0].weight) < 1e-14
    assert factors[-1].rms == pytest.approx(float(gradients[0].weight.square().mean().sqrt()))


def test_the_factors_multiply_as_whole_matrices() -> None:
    layers, x = case(9, 8, 7, 6, 5, 4)
    factors = long_product(layers, "tanh", x, 0)
    running = factors[0].value
    for factor in factors[1:-1]:
        whole = torch.diag(factor.value) if factor.kind == "slopes" else factor.value
        assert tuple(whole.shape) == factor.shape
        running = running @ whole
        assert torch.allclose(factor.product, running)
    assert torch.allclose(factors[-1].product, x.T @ running)
    kinds = ["error", *["weights", "slopes"] * 4, "input"]
    assert [factor.kind for factor in factors] == kinds
    assert [factor.notation for factor in factors[:3]] == ["ŷ − y", "W₅ᵀ", "diag σ′(z₄)"]


def test_relative_difference_of_norms() -> None:
    one = torch.tensor([3.0, 4.0])
    assert relative_difference(one, one) == 0
    assert relative_difference(2 * one, one) == pytest.approx(1)
    assert relative_difference(one * 0, one * 0) == 0
    assert relative_difference(one, one * 0) == float("inf")


def test_the_formula_frames_one_factor() -> None:
    layers, x = case(9, 8, 7, 6, 5, 4)
    factors = long_product(layers, "relu", x, 1)
    for current in range(len(factors)):
        text = written(factors, current, "#D98E00")
        assert text.count(r"\boxed") == 1
        assert text.count("{") == text.count("}")
        assert rf"\boxed{{\textcolor{{#D98E00}}{{{factors[current].latex}}}}}" in text


def test_one_image_at_a_time() -> None:
    layers, x = case(7, 5, 3)
    with pytest.raises(ConfigError, match="one image at a time"):
        long_product(layers, "relu", x.repeat(2, 1), 0)
