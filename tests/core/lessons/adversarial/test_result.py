"""Counts against counting one by one."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some
from torch import nn

from core.attacks.config import AttackConfig
from core.attacks.run import attack
from core.lessons.adversarial.result import Outcome, judge
from tests.core.attacks.small_nets import linear, mixed, some_digits

ROWS = some.lists(some.tuples(some.integers(0, 2), some.integers(0, 2), some.integers(0, 2)), min_size=1, max_size=20)


def outcome(rows: list[tuple[int, int, int]], target: int | None) -> Outcome:
    """From triples of label, reading before, reading after."""
    labels, clean, read = torch.tensor(rows).T
    n = len(rows)
    generator = torch.Generator().manual_seed(n)
    images, attacked = (torch.rand(n, 1, 28, 28, generator=generator) for _ in range(2))
    return Outcome(images, attacked, labels, clean, read, torch.ones(n), torch.ones(n), target)


@settings(deadline=None)  # the first interval imports scipy
@given(rows=ROWS, target=some.one_of(some.none(), some.integers(0, 2)))
def test_counts_one_by_one(rows: list[tuple[int, int, int]], target: int | None) -> None:
    counted = outcome(rows, target)
    assert counted.clean_accuracy == pytest.approx(sum(label == before for label, before, _ in rows) / len(rows))
    right = sum(label == after for label, _, after in rows)
    assert counted.adversarial_accuracy == pytest.approx(right / len(rows))
    low, high = counted.ci95
    assert low - 1e-9 <= counted.adversarial_accuracy <= high + 1e-9
    for row, (label, before, after) in enumerate(rows):
        if target is None:
            won = before == label and after != label
        else:
            won = before == label and label != target and after == target
        assert bool(counted.success[row]) == won
    won_sizes = [
        float((counted.attacked[row] - counted.images[row]).abs().max())
        for row in range(len(rows))
        if counted.success[row]
    ]
    mean = counted.mean_size("linf")
    assert mean is None if not won_sizes else mean == pytest.approx(sum(won_sizes) / len(won_sizes))


@given(rows=ROWS, target=some.one_of(some.none(), some.integers(0, 2)), cut=some.integers(0, 20))
def test_parts_add_up_to_the_whole(rows: list[tuple[int, int, int]], target: int | None, cut: int) -> None:
    whole = outcome(rows, target)
    index = torch.arange(len(rows))
    sum_of_parts = whole.take(index[:cut]) + whole.take(index[cut:])
    assert len(sum_of_parts) == len(whole)
    assert torch.equal(sum_of_parts.success, whole.success)
    assert torch.equal(sum_of_parts.sizes("l2"), whole.sizes("l2"))
    assert sum_of_parts.target == target


def test_judge_reads_in_eval_mode_and_leaves_the_network() -> None:
    images, labels = some_digits()
    model: nn.Module = mixed().train()
    model[1].eval()
    modes = [part.training for part in model.modules()]
    judged = judge(model, images, labels, 1 - images)
    assert [part.training for part in model.modules()] == modes
    model.eval()
    assert torch.equal(judged.clean, model(images).argmax(1))
    assert torch.equal(judged.read, model(1 - images).argmax(1))


def test_judge_knows_the_target() -> None:
    images, labels = some_digits(30)
    config = AttackConfig("bim", 0.3, target=8)
    judged = judge(linear(), images, labels, attack(linear(), images, labels, config), config)
    assert judged.target == 8
    assert judged.success.sum() > 10
    assert (judged.read[judged.success] == 8).all()
    assert (judged.confidence[judged.success] > 0.1).all()
