"""The best trial, two networks image by image, what a sweep may vary, and removing a run with its weights."""

from pathlib import Path

import pytest

from core.config.errors import LabError
from core.config.run import CNNConfig, MLPConfig, RecurrentConfig, RegressorConfig
from core.jobs.sweep.plan import SweepPlan, parse_axes
from core.lessons.runs.agreement import both
from core.lessons.runs.measures import best
from core.lessons.runs.rows import remove
from core.lessons.runs.variable import suggested, variable, words_of
from core.recipes.texts import RECIPES, train_recipes
from core.storage.checkpoints import run_checkpoint
from core.storage.runs import RunStore
from core.storage.weight_history import weight_history_path

from .conftest import MakeRun


def test_the_best_is_chosen_by_validation_where_there_is_one(make_run: MakeRun) -> None:
    runs = {
        0: make_run(validation_accuracy=0.8, test_accuracy=0.95),
        1: make_run(validation_accuracy=0.9, test_accuracy=0.85),
        2: make_run(validation_accuracy=0.99, test_accuracy=0.99, status="diverged"),
    }
    found = best(runs)
    assert (found.number, found.by, found.honest) == (1, "validation accuracy", True)


def test_without_validation_it_says_so(make_run: MakeRun) -> None:
    found = best({0: make_run(test_accuracy=0.8), 1: make_run(test_accuracy=0.9)})
    assert (found.number, found.by, found.honest) == (1, "test accuracy", False)
    assert best({}) is None
    assert best({0: make_run(status="diverged")}) is None


def test_a_regression_is_chosen_by_its_validation_loss(make_run: MakeRun) -> None:
    runs = {n: make_run("regression-sine", test_accuracy=None, test_loss=loss) for n, loss in enumerate((1.0, 2.0))}
    found = best(runs)
    assert (found.number, found.by) == (0, "test loss")
    for number, loss in ((0, 0.5), (1, 0.25)):
        runs[number].history.epochs[-1]["validation_loss"] = loss
    found = best(runs)
    assert (found.number, found.by, found.honest) == (1, "validation loss", True)


def test_four_groups_of_images() -> None:
    found = both([True, True, False, False, True], [True, False, True, False, False])
    assert {group: places.tolist() for group, places in found.places.items()} == {
        "both": [0],
        "only A": [1, 4],
        "only B": [2],
        "neither": [3],
    }
    assert (found.paired.n, found.paired.first_only, found.paired.second_only) == (5, 2, 1)
    with pytest.raises(ValueError, match="compared"):
        both([True], [])


@pytest.mark.parametrize("recipe", train_recipes((MLPConfig, CNNConfig, RegressorConfig, RecurrentConfig)))
def test_every_suggestion_can_be_swept(recipe: str) -> None:
    base = RECIPES[recipe].config
    names = variable(base)
    assert names[0] == "lr"
    assert "threads" not in names
    for name in names:
        words = words_of(base, name)
        text = ",".join(words) if words else suggested(base, name)
        if text and name != "family":  # not every way of writing a network goes with every setting
            assert SweepPlan(base, parse_axes(base, [f"{name}={text}"])).size >= 1, name


def test_settings_that_make_the_examples_may_vary_too() -> None:
    curve = variable(RECIPES["regression-sine"].config)
    assert {"noise", "points", "target", "hidden"} <= set(curve)
    assert "placed" not in words_of(RECIPES["regression-sine"].config, "target")
    assert {"units", "per_language", "division"} <= set(variable(RECIPES["language-gru"].config))
    assert {"flipped", "share"} <= set(variable(RECIPES["mlp-deep"].config))


def test_a_removed_run_takes_its_weights_along(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    store, run = RunStore(), make_run(owner="ada")
    store.save(run)
    weights = run_checkpoint(run.run_id)
    for path in (weights, weight_history_path(weights)):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"weights")
    with pytest.raises(LabError, match="somebody else"):
        remove(store, run.run_id, "eve")
    assert weights.exists()
    remove(store, run.run_id, "ada")
    assert not weights.exists()
    assert not weight_history_path(weights).exists()
    assert store.all() == []
