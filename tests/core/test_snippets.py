"""The code that the panels show must run as it stands, for every recipe and every choice."""

from itertools import product

import pytest
import torch
from torch import nn

from core.config import DIGIT_READERS, FAMILIES, INITIALIZATIONS
from core.recipes import RECIPES, train_recipes
from core.snippets import training_code
from core.training.optimizers import OPTIMIZERS
from core.training.schedules import SCHEDULES, rate


class Normalize(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.mean, self.std = mean, std

    def forward(self, x):
        return (x - self.mean) / self.std


def execute(config):
    torch.manual_seed(0)
    x, y = torch.rand(20, 784), torch.arange(20) % 10
    space = {"batches": lambda size: [(x, y)], "mean": 0.13, "std": 0.31, "Normalize": Normalize}
    exec(training_code(config), space)  # our own text, shown to students
    return space, x, y


@pytest.mark.parametrize("name", train_recipes(DIGIT_READERS))
def test_code_of_every_recipe_runs_and_learns(name):
    config = RECIPES[name].config.with_settings({"epochs": 60, "lr": 0.01 if name.startswith("cnn") else 0.1})
    space, x, y = execute(config)
    before = nn.functional.cross_entropy(torch.zeros(20, 10), y)
    after = nn.functional.cross_entropy(space["network"](x), y)
    assert after < before


@pytest.mark.parametrize(("family", "optimizer"), list(product(FAMILIES, OPTIMIZERS)))
def test_code_of_every_optimizer_and_family_runs(family, optimizer):
    config = RECIPES["mlp-autograd"].config.with_settings(
        {"family": family, "optimizer": optimizer, "epochs": 2, "hidden": (12, 8), "normalize": True}
    )
    execute(config)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("init", INITIALIZATIONS)
def test_code_starts_with_the_spread_that_the_lab_uses(family, init):
    config = RECIPES["mlp-autograd"].config.with_settings(
        {"family": family, "init": init, "epochs": 0, "hidden": (400,)}
    )
    space, _, _ = execute(config)
    weight = space["W_h"] if family in ("raw", "manual") else space["network"][0].weight
    expected = {
        "pytorch": (1 / 784 / 3) ** 0.5,
        "normal": 1.0,
        "xavier": (2 / 1184) ** 0.5,
        "he": (2 / 784) ** 0.5,
    }
    assert weight.std().item() == pytest.approx(expected[init], rel=0.02)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimizer", ["sgd", "sgd-by-hand", "adam"])
def test_code_of_every_schedule_moves_the_rate_as_the_lab_does(schedule, optimizer):
    changes = {"schedule": schedule, "optimizer": optimizer, "epochs": 20, "lr": 0.01}
    if optimizer == "sgd":
        changes |= {"decay": 0.1, "momentum": 0.9, "nesterov": 1.0}
    config = RECIPES["mlp-module"].config.with_settings(changes)
    space, _, _ = execute(config)
    expected = rate(config.train.optimizer, 19, schedule, 19 / 20)
    assert space.get("lr", 0.01) == pytest.approx(expected)
