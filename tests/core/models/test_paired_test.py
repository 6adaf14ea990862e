"""Differences on the same images: exact tails, an interval that covers, and symmetry."""

from math import comb

import numpy as np
import pytest

from core.models.paired_test import Paired, paired, sign_test_p_value


@pytest.mark.parametrize(("against", "in_favor"), [(0, 0), (1, 0), (5, 0), (3, 3), (9, 2)])
def test_chance_is_the_tail_of_coin_throws(against: int, in_favor: int) -> None:
    total = against + in_favor
    tail = sum(comb(total, k) for k in range(against, total + 1)) / 2**total
    assert sign_test_p_value(against, in_favor) == pytest.approx(tail)


def test_only_disagreements_count() -> None:
    found = paired([True, True, False, False, True], [True, False, False, True, False])
    assert found == Paired(5, 2, 1)
    assert found.difference == pytest.approx(0.2)
    assert found.p == 1.0
    with pytest.raises(ValueError, match="zip"):
        paired([True], [])


def test_no_images_no_difference() -> None:
    assert paired([], []).difference == 0.0
    assert paired([], []).p == 1.0


def test_the_interval_covers_the_truth_about_19_times_in_20() -> None:
    rng = np.random.default_rng(0)
    cells = rng.multinomial(200, [0.06, 0.02, 0.92], size=2000)  # truth: 4 points
    hits = [low <= 0.04 <= high for b, c, _ in cells for low, high in [Paired(200, int(b), int(c)).ci95]]
    assert 0.93 <= np.mean(hits) <= 0.98
