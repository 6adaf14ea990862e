"""Operations are counted as by hand, and the rate is that of products."""

import pytest
import torch

from benchmarks.measure import Setup
from benchmarks.roofline import ROWS, flops_per_image, product_rate
from core.data import load
from core.recipes.texts import RECIPES

pytestmark = pytest.mark.usefixtures("bundled_only", "few_images")


def test_a_linear_map_costs_a_product_forward_and_one_backward() -> None:
    """Two operations for each of 784 × 10 weights, for the outputs and again for the weights' gradients."""
    assert flops_per_image(RECIPES["linear-softmax"].config) == 2 * 2 * 784 * 10


def test_a_hidden_layer_costs_a_third_product_for_the_gradient_that_goes_on() -> None:
    first, last = 784 * 100, 100 * 10
    assert flops_per_image(RECIPES["mlp-autograd"].config) == 2 * (2 * first + 3 * last)


def test_batch_norm_and_activations_do_not_count() -> None:
    with_norm, without = (flops_per_image(RECIPES[name].config) for name in ("cnn-bn", "cnn-nobn"))
    assert with_norm == without > 20e6


def test_a_rate_is_a_rate_per_second() -> None:
    few, many = (product_rate(torch.float32, side, tries=3) for side in (64, 512))
    assert 1e6 < few < 1e15
    assert 1e6 < many < 1e15


def test_the_ratio_is_that_of_the_rates() -> None:
    ours, baseline = ROWS["roofline-cnn-bn"].prepare(Setup(load("small"), quick=True))
    mine, bare = ours(), baseline()
    share = mine.extra["flops_per_second"] / bare.extra["attainable_flops_per_second"]
    assert bare.seconds / mine.seconds == pytest.approx(share)
    assert bare.threads == mine.threads
    flops = flops_per_image(RECIPES["cnn-bn"].config) * 256
    assert mine.extra["flops_per_second"] * mine.seconds == pytest.approx(flops)
