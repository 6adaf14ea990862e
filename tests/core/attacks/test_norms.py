"""Sizes and projections against their definitions, for any numbers."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from torch import Tensor

from core.attacks.norms import NORMS, TOUCHED, NormName, column, held_by_clipping

CHANGES = arrays(np.float64, (3, 1, 4, 5), elements=some.floats(-1, 1, width=64)).map(torch.from_numpy)
EPSILONS = some.floats(0, 5)
EACH = pytest.mark.parametrize("name", NORMS)


@given(CHANGES)
def test_sizes_by_hand(change: Tensor) -> None:
    for row, one in enumerate(change):
        numbers = [abs(number) for number in one.flatten().tolist()]
        assert float(NORMS["linf"].size(change)[row]) == max(numbers)
        assert float(NORMS["l2"].size(change)[row]) == pytest.approx(math.hypot(*numbers), abs=1e-12)
        assert int(NORMS["l0"].size(change)[row]) == sum(number > TOUCHED for number in numbers)


@EACH
@given(change=CHANGES, epsilon=EPSILONS)
def test_a_projection_lies_within_and_leaves_what_does(name: NormName, change: Tensor, epsilon: float) -> None:
    norm = NORMS[name]
    inside = norm.project(change, epsilon)
    assert inside.shape == change.shape
    assert norm.within(inside, epsilon).all()
    again = norm.project(inside, epsilon)
    assert torch.allclose(again, inside, atol=1e-12)
    fits = norm.size(change) <= epsilon
    if name != "l0":  # pixels under the threshold count as none but are counted by rank
        assert torch.allclose(inside[fits], change[fits], atol=1e-12)


@EACH
@settings(max_examples=50)
@given(change=CHANGES, other=CHANGES, epsilon=EPSILONS)
def test_nothing_within_is_nearer(name: NormName, change: Tensor, other: Tensor, epsilon: float) -> None:
    norm = NORMS[name]
    nearest, rival = norm.project(change, epsilon), norm.project(other, epsilon)

    def away(within: Tensor) -> Tensor:
        return (change - within).flatten(1).norm(dim=1)

    assert (away(nearest) <= away(rival) + 1e-9).all()


@EACH
@given(change=CHANGES)
def test_no_budget_leaves_nothing(name: NormName, change: Tensor) -> None:
    assert float(NORMS[name].project(change, 0.0).abs().max()) == 0


@EACH
def test_largest_is_black_to_white(name: NormName) -> None:
    everything = torch.ones(1, 1, 28, 28)
    assert float(NORMS[name].size(everything)) == NORMS[name].largest
    assert torch.equal(NORMS[name].project(everything, NORMS[name].largest), everything)


def test_column_broadcasts_over_images() -> None:
    assert (torch.ones(3, 1, 2, 2) * column(torch.tensor([1.0, 2.0, 3.0])))[2].unique().tolist() == [3]


def test_pixels_that_clipping_holds_are_counted() -> None:
    image = torch.tensor([[[0.0, 0.0, 1.0, 0.5, 0.5]]])
    attacked = (image + torch.tensor([-0.1, 0.1, 0.1, 0.1, 0.0])).clamp(0, 1)
    assert held_by_clipping(image, attacked) == 2  # a gray pixel that did not move was not held
