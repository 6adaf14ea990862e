"""Which trials a sweep has, and that a plan survives the disk."""

import json

import pytest

from core.config.errors import ConfigError
from core.jobs.sweep.plan import SweepPlan, parse_axes
from core.recipes.texts import RECIPES

BASE = RECIPES["mlp-module"].config.with_settings({"epochs": 1})


def test_a_grid_has_every_combination_once() -> None:
    plan = SweepPlan(BASE, {"lr": (0.01, 0.1), "batch_size": (32, 64, 128)})
    trials = plan.trials()
    assert plan.size == len(trials) == 6
    assert [trial.number for trial in trials] == list(range(6))
    assert {(t.changes["lr"], t.changes["batch_size"]) for t in trials} == {
        (rate, size) for rate in (0.01, 0.1) for size in (32, 64, 128)
    }
    for trial in trials:
        assert trial.config.train.optimizer["lr"] == trial.changes["lr"]
        assert trial.config.train.batch_size == trial.changes["batch_size"]
        assert (trial.config.train.precision, trial.config.train.threads) == ("fp32", 1)


def test_random_draws_without_repeating() -> None:
    axes = {"lr": tuple(0.01 * k for k in range(1, 11)), "seed": tuple(range(10))}
    plan = SweepPlan(BASE, axes, kind="random", draws=30, draw_seed=4)
    seen = [(t.changes["lr"], t.changes["seed"]) for t in plan.trials()]
    assert len(set(seen)) == 30
    assert seen == [(t.changes["lr"], t.changes["seed"]) for t in plan.trials()]
    other = SweepPlan(BASE, axes, kind="random", draws=30, draw_seed=5)
    assert seen != [(t.changes["lr"], t.changes["seed"]) for t in other.trials()]
    assert SweepPlan(BASE, axes, kind="random", draws=500).size == 100


def test_a_plan_survives_json() -> None:
    plan = SweepPlan(BASE, {"hidden": ((32,), (64, 32)), "optimizer": ("sgd", "adam")}, threads=2)
    assert SweepPlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
    with pytest.raises(ConfigError, match="do not describe a sweep"):
        SweepPlan.from_json({"axes": {}})


def test_words_become_axes() -> None:
    found = parse_axes(BASE, ["lr=0.001,0.01", "hidden=128x64,256", "optimizer=adam", "seed=1,2"])
    assert found == {"lr": (0.001, 0.01), "hidden": ((128, 64), (256,)), "optimizer": ("adam",), "seed": (1, 2)}
    network = RECIPES["cnn-lab"].config
    assert parse_axes(network, ["pools=max+none,max+max", "kernels=3x3,5x5"]) == {
        "pools": (("max", "none"), ("max", "max")),
        "kernels": ((3, 3), (5, 5)),
    }
    for wrong in ("lr", "lr="):
        with pytest.raises(ConfigError, match="--set takes"):
            parse_axes(BASE, [wrong])


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ({}, "a setting that varies"),
        ({"lr": ()}, "no values"),
        ({"lr": (0.1, -1.0)}, "lr=-1.0 cannot be tried"),
        ({"wings": (1, 2)}, "no setting 'wings'"),
        ({"threads": (1, 2)}, "the same for all trials"),
        ({"seed": tuple(range(2000))}, "at most 1,000"),
    ],
)
def test_nonsense_is_refused_before_the_first_trial(axes: dict[str, tuple[object, ...]], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        SweepPlan(BASE, axes)
