"""The best pair of pixels against trying them all, and a budget kept to the pixel."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from torch import Tensor

from core.attacks.config import AttackConfig
from core.attacks.jsma import best_pair
from core.attacks.run import attack
from tests.core.attacks.small_nets import linear, small_mlp, some_digits

WIDTH = 9
SLOPES = arrays(np.float64, (2, WIDTH), elements=some.integers(-4, 4).map(float)).map(torch.from_numpy)
FREE = arrays(np.bool_, (2, WIDTH)).map(torch.from_numpy)


@settings(deadline=None)
@given(up=SLOPES, down=SLOPES, free=FREE)
def test_the_best_pair_of_all(up: Tensor, down: Tensor, free: Tensor) -> None:
    pairs, found = best_pair(up, down, free)
    for row in range(len(up)):

        def worth(p: int, q: int, row: int = row) -> float:
            raised, lowered = (float(part[row, p] + part[row, q]) for part in (up, down))
            return raised * lowered if raised > 0 and lowered > 0 else 0.0

        allowed = [place for place in range(WIDTH) if free[row, place]]
        best = max((worth(p, q) for p, q in itertools.combinations(allowed, 2)), default=0.0)
        assert bool(found[row]) == (best > 0)
        if found[row]:
            p, q = pairs[row].tolist()
            assert p != q
            assert p in allowed
            assert q in allowed
            assert worth(p, q) == best


@pytest.mark.parametrize("epsilon", [1, 2, 7, 30])
@pytest.mark.parametrize("theta", [0.3, 1.0])
def test_pixels_only_brighten_two_a_step(epsilon: int, theta: float) -> None:
    images, labels = some_digits()
    seen: list[Tensor] = []
    config = AttackConfig("jsma", epsilon, {"theta": theta}, target=8)
    attack(small_mlp(), images, labels, config, watch=lambda _, x: seen.append(x.clone()))
    for before, after in itertools.pairwise(seen):
        change = (after - before).flatten(1)
        assert float(change.min()) >= 0
        assert float(change.max()) <= theta + 1e-12
        assert int((change > 0).sum(1).max()) <= 2
    assert int(((seen[-1] - images).flatten(1) > 0).sum(1).max()) <= epsilon


def test_it_stops_when_read_as_wanted_and_more_pixels_do_more() -> None:
    images, labels = some_digits(30)
    lost = []
    for epsilon in (4, 10, 40):
        made = attack(linear(), images, labels, AttackConfig("jsma", epsilon))
        lost.append(int((linear()(made).argmax(1) != labels).sum()))
    assert lost[0] < lost[1] < lost[2]
    right = linear()(images).argmax(1) == labels
    assert torch.equal(made[~right], images[~right])
