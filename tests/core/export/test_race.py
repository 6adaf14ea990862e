"""The code shown for a race must run as it stands, and be a fair race."""

from typing import Any

import pytest
import torch

from core.config.optimizers import OPTIMIZERS
from core.config.race import RaceConfig
from core.config.run import OptimizerConfig
from core.export.race import race_code
from core.lessons.race.race_lanes import chapter_lanes, named
from core.recipes.texts import RECIPES


def execute(config: RaceConfig) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(0)
    space: dict[str, Any] = {
        "images": torch.rand(40, 784, generator=generator),
        "labels": torch.arange(40) % 10,
        "mean": 0.1,
        "std": 0.3,
        "Normalize": lambda mean, std: torch.nn.Identity(),
    }
    exec(race_code(config), space)
    return space


def base(recipe: str, **changes: object) -> Any:
    return RECIPES[recipe].config.with_settings({"epochs": 2, "batch_size": 10, "split": "none", **changes})


@pytest.mark.parametrize("recipe", ["linear-softmax", "mlp-autograd", "mlp-deep", "cnn-lab", "cnn-bn"])
def test_the_code_of_every_kind_of_network_runs(recipe: str) -> None:
    curves = execute(RaceConfig(base(recipe), chapter_lanes()))["curves"]
    assert list(curves) == ["SGD", "RMSprop", "Adam"]
    assert all(len(curve) == 8 for curve in curves.values())


def test_every_optimizer_starts_alike_and_goes_its_way() -> None:
    lanes = named([(OptimizerConfig(name), "constant") for name in OPTIMIZERS])
    curves = execute(RaceConfig(base("mlp-autograd", activation="relu"), lanes))["curves"]
    assert len({curve[0] for curve in curves.values()}) == 1
    assert len({curve[-1] for curve in curves.values()}) >= len(OPTIMIZERS) - 1  # two are SGD at 0.01


def test_schedules_and_decay_move_the_rate() -> None:
    lanes = named(
        [
            (OptimizerConfig("sgd", {"lr": 0.1, "decay": 1.0, "momentum": 0.9, "nesterov": 1.0}), "constant"),
            (OptimizerConfig("adam"), "one-cycle"),
            (OptimizerConfig("rmsprop"), "constant"),
        ]
    )
    optimizers = execute(RaceConfig(base("mlp-autograd"), lanes))["optimizers"]
    assert optimizers["SGD"].param_groups[0]["lr"] == pytest.approx(0.1 / 8)
    assert optimizers["Adam"].param_groups[0]["lr"] < 0.001
    assert optimizers["RMSprop"].param_groups[0]["lr"] == 0.001
    assert optimizers["SGD"].param_groups[0]["nesterov"]


def test_loss_and_attack_are_those_of_the_settings() -> None:
    attacked = {"adversarial": "pgd", "attack_steps": 2, "attack_warmup": 0.5, "label_smoothing": 0.1}
    lanes = named([(OptimizerConfig("sgd"), "constant"), (OptimizerConfig("adam"), "cosine")])
    space = execute(RaceConfig(base("mlp-module", **attacked), lanes))
    assert space["loss_function"].label_smoothing == 0.1
    change = space["x"] - space["images"][space["batch"]]
    assert 0.1 < change.abs().max() <= base("mlp-module", **attacked).train.attack_epsilon + 1e-6
