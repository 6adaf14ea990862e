"""Lost images against ε: exactly there, up to there, and those that come back."""

import math
import random

import torch

from core.config.proportion import Proportion
from core.lessons.adversarial.robust_accuracy import (
    came_back,
    half_lost,
    lost,
    lost_within,
    on_the_same,
    shares,
    worst_case,
)
from core.lessons.adversarial.tasks import Predictions

LABELS = torch.tensor([3, 1, 4, 1, 5])


def reads(*read: int, l2: tuple[float, ...] | None = None) -> Predictions:
    n = len(read)
    size = torch.tensor(l2 or (0.0,) * n)
    digits = torch.tensor(read, dtype=torch.uint8)
    return Predictions(torch.arange(n), digits, digits, size, size, size, size, size)


def rows(*texts: str) -> list[torch.Tensor]:
    return [torch.tensor([letter == "x" for letter in text], dtype=torch.bool) for text in texts]


def test_lost_is_misread_whether_by_the_attack_or_before() -> None:
    assert lost(reads(3, 1, 9, 1, 6), LABELS).tolist() == [False, False, True, False, True]


def test_a_smallest_change_counts_from_its_own_size_on() -> None:
    clean, found = reads(3, 1, 9, 1, 5), reads(8, 7, 9, 1, 6, l2=(0.5, 1.0, 0.0, 0.0, 2.0))
    by = {e: lost_within(found, clean, LABELS, "l2", e).tolist() for e in (0.0, 0.5, 1.0, 3.0)}
    assert by[0.0] == [False, False, True, False, False]
    assert by[0.5] == [True, False, True, False, False]
    assert by[1.0] == [True, True, True, False, False]
    assert by[3.0] == [True, True, True, False, True]
    assert len(lost_within(found, reads(3, 1), LABELS, "l2", 1.0)) == 2


def test_the_worst_case_is_any_budget_up_to_there() -> None:
    draw = random.Random(0)
    for _ in range(50):
        n = draw.randint(1, 9)
        sizes = sorted((draw.randint(1, n) for _ in range(5)), reverse=True)
        losses = [torch.tensor([draw.random() < 0.3 for _ in range(size)]) for size in sizes]
        for upto, row in enumerate(worst_case(losses)):
            assert row.tolist() == [any(bool(losses[e][i]) for e in range(upto + 1)) for i in range(sizes[upto])]
    ragged = worst_case(rows("..x", ".", "x.."))
    assert [len(row) for row in ragged] == [3, 1, 1]  # what is unknown at a smaller budget is not guessed


def test_images_that_come_back_are_counted_but_not_those_misread_from_the_start() -> None:
    losses = rows("x....", "xxx..", ".x.x.", ".....")
    assert came_back(losses) == [0, 0, 1, 3]
    draw = random.Random(1)
    for _ in range(50):
        n = draw.randint(1, 8)
        losses = [torch.tensor([draw.random() < 0.4 for _ in range(n)]) for _ in range(5)]
        for at, count in enumerate(came_back(losses)):
            assert count == sum(
                not losses[0][i] and not losses[at][i] and any(bool(losses[e][i]) for e in range(1, at))
                for i in range(n)
            )
    assert came_back(worst_case(losses)) == [0] * 5
    assert came_back([]) == []


def test_shares_have_intervals_and_half_is_lost_between_two_budgets() -> None:
    left = shares(rows("....", "x...", "xxx.", "...."))
    assert [share.share for share in left] == [1.0, 0.75, 0.25, 1.0]
    low, high = left[1].interval
    assert 0.2 < low < 0.75 < high < 1
    assert half_lost((0.0, 0.1, 0.2, 0.3), left) == (0.1, 0.2)
    assert half_lost((0.0, 0.1), left[:2]) is None
    assert math.isnan(Proportion(0, 0).share)
    assert half_lost((0.0,), [Proportion(0, 0)]) is None


def test_part_way_two_points_of_a_curve_count_the_same_images() -> None:
    """Of eight images half are lost untouched; of the four known at a larger budget none: no attack helps."""
    part_way = rows("....xxxx", "....xxxx", "....", ".")
    left = shares(on_the_same(part_way, least=4))
    assert [(share.n, share.share) for share in left] == [(4, 1.0)] * 3, "the last one is not there yet"
    assert on_the_same(rows("....", "xx.."), least=4)[1].tolist() == [True, True, False, False]
    assert on_the_same([], least=4) == []
