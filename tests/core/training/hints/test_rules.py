"""Each rule on a short real run that has the fault, and on one that has not."""

from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch

from core.config.run import DIGIT_READERS
from core.data import load
from core.models.inspect.fit import sample_of
from core.models.inspect.overfitting import judge
from core.models.trained_network import load_shipped
from core.recipes.texts import RECIPES
from core.storage.checkpoints import shipped
from core.storage.history import History
from core.training.hints import RULES, Case, hints
from core.training.trainer import Diverged, new_trainer

SMALL = load("small")
ADAM = {"optimizer": "adam", "lr": 0.003}
FEW = {"share": 0.2, "hidden": (64,)}


def run(recipe: str, **changes: Any) -> Case:
    """A run on the bundled digits, as a rule gets it."""
    return _run(recipe, tuple(changes.items()))


@cache
def _run(recipe: str, changes: tuple[tuple[str, Any], ...]) -> Case:
    torch.set_num_threads(1)
    config = RECIPES[recipe].config.with_settings({"precision": "fp32", **dict(changes)})
    trainer = new_trainer(config, SMALL, torch.device("cpu"), keep_weights=False)
    with suppress(Diverged):
        trainer.run()
    return Case(config, trainer.history, trainer.n, trainer.module, SMALL.test)


NORMAL = {"init": "normal", "init_output": "normal"}
DEEP = {"hidden": (64, 64, 64, 64), "share": 0.5, "epochs": 3, "batch_size": 32}

#: rule → (recipe, settings with the fault, settings without it)
RUNS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "no-epsilon": (
        "mlp-module",
        {"optimizer": "adam", "epsilon": 0.0, "epochs": 1},
        {"optimizer": "adam", "epochs": 1},
    ),
    "rate-diverged": ("mlp-module", {"lr": 10.0, "epochs": 1}, {"lr": 0.1, "epochs": 1}),
    "rate-oscillating": ("linear-softmax", {"lr": 5.0}, {"lr": 0.1}),
    "rate-low": ("mlp-autograd", {"lr": 0.01}, {"lr": 0.3}),
    "saturated": ("mlp-autograd", {**NORMAL, "epochs": 1}, {"init": "xavier", "epochs": 1}),
    "dead-relu": (
        "mlp-module",
        {"lr": 1.0, "hidden": (64, 32), "epochs": 3},
        {"lr": 0.1, "hidden": (64, 32), "epochs": 2},
    ),
    "no-normalization": ("mlp-deep", {**DEEP, "normalize": False}, DEEP),
    "batch-large": ("mlp-module", {"batch_size": 2000, "hidden": (32,)}, {"hidden": (32,), "epochs": 2}),
    "overfitting": (
        "mlp-module",
        {**FEW, **ADAM, "epochs": 40, "validation": 0.2},
        {"hidden": (16,), **ADAM, "epochs": 4, "validation": 0.1},
    ),
    "still-falling": ("mlp-module", {"hidden": (32,), "epochs": 2}, {**FEW, **ADAM, "epochs": 40}),
    "rare-digit": (
        "linear-softmax",
        {"rare": 8, "rare_share": 0.02, "epochs": 5},
        {"rare": 8, "rare_share": 0.5, "lr": 0.5, "epochs": 10},
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_speaks_of_its_fault_and_is_silent_without(rule: str) -> None:
    recipe, faulty, sound = RUNS[rule]
    case = run(recipe, **faulty)
    found = RULES[rule].judge(case)
    assert found.rule == rule
    assert rule in [hint.rule for hint in hints(case)], "no other hint explains it away"
    assert any(sign.isdigit() for sign in found.evidence)
    assert found.why
    assert found.effect
    changed = case.config.with_settings(found.remedy)  # its settings exist and go together
    assert changed != case.config
    assert RULES[rule].judge(run(recipe, **sound)) is None


@pytest.mark.parametrize(
    "rule",
    [
        "no-epsilon",
        "rate-diverged",
        "rate-oscillating",
        "rate-low",
        "saturated",
        "dead-relu",
        "no-normalization",
        "batch-large",
    ],
)
def test_the_remedy_cures(rule: str) -> None:
    recipe, faulty, _ = RUNS[rule]
    case = run(recipe, **faulty)
    found = RULES[rule].judge(case)
    cured = run(recipe, **{**faulty, **found.remedy})
    assert RULES[rule].judge(cured) is None
    before, after = (of.history.last("train_loss") for of in (case, cured))
    assert after is not None
    assert before is None or after < before


def test_shot_up_and_still_there_is_too_high_as_well() -> None:
    found = hints(run("mlp-autograd", lr=10.0))
    assert [hint.rule for hint in found] == ["rate-diverged"]
    assert found[0].remedy == {"lr": 1.0}


def test_a_network_that_reads_nothing_has_another_trouble_than_a_rare_digit() -> None:
    case = run("mlp-module", lr=10.0, rare=8, rare_share=0.1, epochs=2, hidden=(64, 32))
    assert RULES["rare-digit"].judge(case) is None
    assert [hint.rule for hint in hints(case)] == ["rate-diverged"]


def test_without_validation_images_it_says_so_and_holds_some_out() -> None:
    case = run("mlp-module", **FEW, **ADAM, epochs=40)
    found = RULES["overfitting"].judge(case)
    assert "Nothing is held out" in found.evidence
    assert found.remedy == {"validation": 0.1, "keep": "best"}
    held_out = run("mlp-module", **RUNS["overfitting"][1])
    kept = replace(held_out, config=held_out.config.with_settings({"keep": "best"}))
    assert RULES["overfitting"].judge(kept) is None, "the best epoch is kept already"


@pytest.mark.parametrize("name", shipped())
def test_networks_that_came_along_get_no_false_hints(name: str) -> None:
    came = load_shipped(name)
    facts = came.provenance
    digits = SMALL.test if isinstance(came.config.model, DIGIT_READERS) else None
    case = Case(came.config, History.from_json(facts["history"]), facts["n_train"], came.model, digits)
    found = [hint.rule for hint in hints(case)]
    assert found == (["still-falling"] if name in ("mlp-autograd", "mlp-manual") else [])


def test_nothing_is_said_of_a_run_without_steps() -> None:
    config = RECIPES["mlp-deep"].config
    assert hints(Case(config, History(), 4000)) == []
    assert {name for rule in RULES.values() if rule.explains != "all" for name in rule.explains} <= set(RULES)


def test_a_rate_that_was_changed_on_the_way_is_the_one_that_is_judged() -> None:
    history = History(loss=[2.3, None], lr=[0.1, 3.0], examples_per_step=[100, 100])
    history.changes.append({"step": 1, "examples": 100, "name": "lr", "value": 3.0})
    (found,) = hints(Case(RECIPES["mlp-module"].config, history, 4000))
    assert "At learning rate 3 " in found.evidence
    assert found.remedy == {"lr": 0.3}


@pytest.mark.parametrize(
    ("recipe", "things"), [("mlp-module", "images"), ("language-gru", "words"), ("regression-sine", "points")]
)
def test_what_is_learned_by_heart_is_called_by_its_name(recipe: str, things: str) -> None:
    config = RECIPES[recipe].config.with_settings({"keep": "last", "patience": 0})
    rows = [
        {"epoch": n, "train_loss": 1 / n, "validation_loss": loss, "test_loss": loss}
        for n, loss in enumerate([1.0, *(0.5 + n / 20 for n in range(30))], start=1)
    ]
    found = RULES["overfitting"].judge(Case(config, History(epochs=rows), 100))
    assert f"common to all {things} " in found.why
    assert ("noise" in found.why) == (things == "points")


def test_no_hint_contradicts_the_verdict_on_a_curve() -> None:
    """Validation still falls, and is far above training: the page says "overfitting", so no "longer"."""
    config = RECIPES["regression-sine"].config.with_settings({"keep": "last", "patience": 0})
    rows = [{"epoch": n, "train_loss": 1e-4 / n, "validation_loss": 1 / n, "test_loss": 1 / n} for n in range(1, 6)]
    case = Case(config, History(epochs=rows, loss=[0.1, 0.05, 0.01]), 100)
    sample = sample_of(config)
    assert judge(rows, rows[-1], sample.variance, 0.0).kind == "overfitting"
    assert RULES["still-falling"].judge(case) is None
    assert RULES["still-falling"].judge(replace(case, config=RECIPES["mlp-module"].config)) is not None
