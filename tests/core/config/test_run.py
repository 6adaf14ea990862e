"""Configs refuse nonsense with a sentence, and go to JSON and back without loss."""

import json

import pytest

from core.config.errors import ConfigError
from core.config.optimizers import OPTIMIZERS
from core.config.run import MLPConfig, OptimizerConfig, RunConfig, TrainConfig
from core.recipes.texts import RECIPES, recipe


@pytest.mark.parametrize("name", [n for n, r in RECIPES.items() if r.kind == "train"])
def test_every_recipe_survives_json(name: str) -> None:
    config = RECIPES[name].config
    assert config.recipe == name
    assert RunConfig.from_json(json.loads(json.dumps(config.to_json()))) == config
    assert config.with_settings(config.settings()) == config


def test_recipes_hold_the_texts_own_settings() -> None:
    blog = recipe("mlp-deep").config
    assert blog.model.widths == (784, 512, 256, 128, 64, 10)
    assert blog.model.normalize
    assert (blog.train.batch_size, blog.train.epochs) == (64, 10)
    assert blog.train.optimizer == OptimizerConfig("sgd", {"lr": 0.01, "momentum": 0.5})
    slides = recipe("mlp-autograd").config
    assert slides.model == MLPConfig(hidden=(100,), activation="sigmoid", family="raw")
    assert slides.train == TrainConfig(10, 128, OptimizerConfig("sgd-by-hand", {"lr": 0.01}))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lr": 0}, "lr must be more than 0"),
        ({"lr": float("nan")}, "lr must be a number"),
        ({"lr": "fast"}, "lr must be a number"),
        ({"optimizer": "adam", "beta_1": 1}, "beta_1 must be at least 0 and less than 1"),
        ({"optimizer": "sgd", "momentum": 1.5}, "momentum must be"),
        ({"optimizer": "magic"}, "The optimizer must be one of"),
        ({"epochs": -1}, "Epochs must be a whole number"),
        ({"epochs": 2.5}, "Epochs must be a whole number"),
        ({"batch_size": 0}, "The batch size must be a whole number"),
        ({"seed": True}, "The seed must be a whole number"),
        ({"hidden": (0,)}, "The width of hidden layer 1"),
        ({"hidden": (8,) * 17}, "At most 16 hidden layers"),
        ({"dropout": 0.5}, "Dropout needs the torch.nn form"),
        ({"dropout": 0.95, "family": "module"}, "Dropout must lie between"),
        ({"activation": "swish"}, "The activation must be one of"),
        ({"init": "zero"}, "The initialization must be one of"),
        ({"reduction": "max"}, "The loss must be one of"),
        ({"validation": 0.8}, "The validation share"),
        ({"precision": "fp8"}, "The precision must be one of"),
        ({"threads": 0}, "Threads must be a whole number"),
        ({"speed": 3}, "There is no setting 'speed' here"),
        ({"rho": 0.9}, "There is no setting 'rho' here"),
    ],
)
def test_bad_settings_get_a_sentence(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as caught:
        recipe("mlp-autograd").config.with_settings(changes)
    assert str(caught.value).endswith(".")


def test_a_new_optimizer_starts_from_its_own_defaults() -> None:
    config = recipe("mlp-deep").config.with_settings({"optimizer": "adam"})
    assert config.train.optimizer.settings == {n: s.default for n, s in OPTIMIZERS["adam"].settings.items()}
    kept = recipe("mlp-deep").config.with_settings({"lr": 0.5})
    assert kept.train.optimizer.settings == {"lr": 0.5, "momentum": 0.5, "decay": 0.0, "nesterov": 0.0}


@pytest.mark.parametrize("broken", [{}, {"recipe": "x", "model": {"hidden": 3}, "train": {}}, {"model": None}])
def test_json_that_describes_no_run_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        RunConfig.from_json(broken)
