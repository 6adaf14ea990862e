"""An exported script does what the app did: the same curve, the same score, without the app."""

from typing import Any

import pytest

from core.config.optimizers import OPTIMIZERS
from core.data.digits import Mnist
from core.export.facts import Facts
from core.export.training import training_lesson
from core.recipes.texts import RECIPES, train_recipes
from core.training.schedules import SCHEDULES
from tests.core.export.harness import executed, material_of, same_curve, same_score, trained

pytestmark = pytest.mark.usefixtures("small_package")

EVERY = train_recipes(object)
#: What makes a run of each kind of network short, and of some recipes shorter.
SHORT = {
    "regressor": {"epochs": 60},
    "recurrent": {"epochs": 1, "per_language": 100, "units": 16},
    "cnn": {"epochs": 1, "batch_size": 40},
}


@pytest.mark.parametrize("recipe", EVERY)
def test_the_script_of_every_recipe_repeats_the_apps_run(recipe: str, digits: Mnist) -> None:
    config = RECIPES[recipe].config.with_settings({"epochs": 2, **SHORT.get(RECIPES[recipe].config.model.family, {})})
    trainer = trained(config, material_of(config, digits))
    space = executed(config)
    same_curve(space, trainer)
    same_score(space, trainer)


@pytest.mark.parametrize(
    ("optimizer", "family"), [*((name, "module") for name in OPTIMIZERS), ("sgd-by-hand", "raw"), ("adam", "raw")]
)
def test_every_optimizer_makes_our_steps(optimizer: str, family: str, digits: Mnist) -> None:
    """With a rate that moves and an ε that counts, so that a difference of meaning would show."""
    known = OPTIMIZERS[optimizer].settings
    wanted = {"lr": 0.01, "momentum": 0.9, "nesterov": 1.0, "decay": 0.01, "epsilon": 1e-4}
    config = RECIPES["mlp-autograd"].config.with_settings(
        {
            "optimizer": optimizer,
            "family": family,
            "hidden": (16,),
            "activation": "relu",
            "epochs": 4,
            "batch_size": 32,
            "schedule": "one-cycle",
            **{k: v for k, v in wanted.items() if k in known},
        }
    )
    trainer = trained(config, digits)
    same_curve(executed(config), trainer)
    assert len(set(trainer.history.lr)) > 10, "the rate moves"


@pytest.mark.parametrize(
    "changes",
    [
        *({"schedule": name} for name in SCHEDULES),
        {"reduction": "sum", "lr": 0.001},
        {"family": "manual", "hidden": (9, 8), "reduction": "sum", "lr": 0.001, "normalize": True},
        {"family": "my-linear", "normalize": True, "init": "he"},
        {"family": "module", "dropout": 0.3, "init": "xavier", "init_output": "normal", "hidden": (20, 12)},
        {"family": "raw", "init": "normal", "init_output": "xavier", "activation": "gelu"},
        {"validation": 0.2, "keep": "best", "optimizer": "sgd", "lr": 2.0, "epochs": 5},
        {"validation": 0.2, "keep": "best", "lr": 5.0, "epochs": 6, "patience": 1},
        {"split": "lab", "keep": "best"},
        {"hidden": ()},
        {"label_smoothing": 0.2, "family": "raw"},
        {"adversarial": "pgd", "attack_steps": 2, "attack_step_size": 0.1, "family": "module"},
        {"adversarial": "fgsm", "attack_warmup": 0.0, "dropout": 0.2, "family": "module"},
    ],
    ids=lambda changes: "-".join(f"{k}={v}" for k, v in changes.items()),
)
def test_every_setting_is_repeated(changes: dict[str, Any], digits: Mnist) -> None:
    settings = {"epochs": 3, "batch_size": 50, "hidden": (20,), "lr": 0.1, **changes}
    if "optimizer" in changes:
        settings = {"optimizer": changes["optimizer"], **settings}
    config = RECIPES["mlp-autograd"].config.with_settings(settings)
    trainer = trained(config, digits)
    space = executed(config)
    same_curve(space, trainer)
    same_score(space, trainer)
    assert len(space["losses"]) == trainer.steps
    if "adversarial" in changes:
        assert space["under_attack"] == pytest.approx(trainer.history.last("attacked_accuracy"), abs=0.1)


@pytest.mark.parametrize(
    "changes",
    [
        {"frozen": True, "optimizer": "sgd-by-hand", "lr": 0.1},
        {"init": "xavier", "activation": "gelu", "normalize": True, "batch_norm": True},
        {"init": "he", "pools": ("average", "none"), "dropout": 0.25, "schedule": "cosine"},
        {"init": "normal", "lr": 0.0001, "strides": (2, 1)},
        {"pool_first": True, "norm_hidden": True, "dropout": 0.2},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_every_convolutional_network_is_repeated(changes: dict[str, Any], digits: Mnist) -> None:
    small = {"channels": (3, 4), "hidden": (12,), "epochs": 1, "split": "none", "record_every": 0}
    config = RECIPES["cnn-lab"].config.with_settings({**small, **changes})
    trainer = trained(config, digits)
    space = executed(config)
    same_curve(space, trainer)
    same_score(space, trainer)


@pytest.mark.parametrize(("recipe", "changes"), [("mlp-deep", {"hidden": (64, 16)}), ("cnn-bn", {"dropout": 0.3})])
def test_the_script_computes_in_the_precision_of_the_run(recipe: str, changes: dict[str, Any], digits: Mnist) -> None:
    config = RECIPES[recipe].config.with_settings({"epochs": 1, "batch_size": 40, "precision": "bf16", **changes})
    trainer = trained(config, digits)
    assert trainer.precision == "bf16"
    same_curve(executed(config, precision="bf16"), trainer, 1e-3)


@pytest.mark.parametrize(("recipe", "precision"), [("cnn-bn", "bf16"), ("mlp-manual", "fp32")])
def test_the_script_says_in_which_precision_the_app_computed(recipe: str, precision: str) -> None:
    text = training_lesson(RECIPES[recipe].config, None, Facts(precision=precision)).script
    assert ("16 bits" in text) == (precision == "bf16")
