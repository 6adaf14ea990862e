"""What a filter only hides: chance readings and attacks that win anyway are not taken for it."""

import pytest
import torch

from core.lessons.adversarial.filtered_accuracy import Gap, gap, hidden, left_of, strongest
from core.models.paired_test import paired

ONE = {"first": (1.0, 0.0, 1.0, 1.0), "second": (0.0, 0.0, 1.0, 1.0)}


def test_several_attacks_together() -> None:
    assert left_of(ONE, ["first", "second"], random=False) == (0.0, 0.0, 1.0, 1.0)
    assert strongest(ONE, ["first", "second"]) == "second"
    assert left_of(ONE, ["second", "first"], random=True) == ONE["second"]


def test_a_gap_of_single_readings_is_the_paired_difference() -> None:
    first, second = (True,) * 30 + (False,) * 10, (True,) * 20 + (False,) * 19 + (True,)
    found, known = gap(first, second), paired(first, second)
    assert found.mean == pytest.approx(known.difference)
    assert found.p == pytest.approx(known.p)
    assert found.ci95 == pytest.approx(known.ci95)
    assert Gap(()).mean == 0.0


def test_only_what_is_not_won_without_the_filter_was_hidden() -> None:
    every, none = (1.0,) * 8, (0.0,) * 8
    masked = {"pgd": every, "bare": none}
    assert hidden(masked, {"pgd": none, "bare": none}, ["pgd"], random=False).mean == 1
    assert hidden(masked, masked, ["pgd"], random=False).mean == 0
    assert hidden({"pgd": none, "bare": none}, masked, ["pgd"], random=False).mean == -1


def test_luck_at_reading_is_not_hidden() -> None:
    """Seven readings of a network that errs by chance: the unluckiest of each image is no attack."""
    draws = torch.rand(7, 5, 200, generator=torch.Generator().manual_seed(0)) < 0.7
    whole = {str(way): tuple(row.double().mean(0).tolist()) for way, row in enumerate(draws)}
    bare = dict.fromkeys(whole, (1.0,) * 200)
    found = hidden(whole, bare, ["0", "1"], random=True)
    assert abs(found.mean) < 0.03
    assert found.p > 0.05 / 7
    single = {str(way): tuple(row[0].double().tolist()) for way, row in enumerate(draws)}
    assert hidden(single, bare, ["0", "1"], random=False).mean > 0.3, "as single readings combined would say"
