"""What a filter only hides: chance readings and attacks that win anyway are not taken for it."""

import pytest
import torch

from core.attacks.filters.config import FilterConfig
from core.data import Digits, load
from core.lessons.adversarial.input_filters import Gap, gap, hidden, left_of, strongest, threat_models
from core.lessons.adversarial.tasks import Batch, measure
from core.models.paired_test import paired
from core.models.trained_network import load_shipped

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


def test_around_the_filter_works_where_through_it_does_not() -> None:
    digits, network = load("small").test, load_shipped("linear-softmax").model
    filter, batch = FilterConfig("quantize", 8), Batch(0, 20)
    seen = Digits(digits.images, filter.before(network)(digits.images).argmax(1))
    left = {
        name: float(measure(model.task("n", filter, 0.2, batch), {"n": network}, seen).right.sum())
        for name, model in threat_models().items()
        if name in ("clean", "fgsm", "bare", "straight")
    }
    assert left["clean"] == left["fgsm"] == 20
    assert left["bare"] < 3
    assert left["straight"] < 3


def test_without_a_filter_every_way_is_the_attack_itself() -> None:
    models = threat_models()
    bare = {name: model.bare_task("n", 0.2, Batch(0, 20)) for name, model in models.items()}
    assert bare["pgd"] == bare["bare"] == bare["straight"]
    assert len(set(bare.values())) == len(bare) - 2
    random = models["pgd"].task("n", FilterConfig("noise", 0.2), 0.2, Batch(0, 20))
    assert random.readings > bare["pgd"].readings == 1
