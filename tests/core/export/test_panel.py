"""The code that the panels show must run as it stands, for every recipe and every choice."""

from itertools import product

import pytest
import torch
from torch import nn

from core.config.optimizers import OPTIMIZERS
from core.config.run import DIGIT_READERS, FAMILIES, INITIALIZATIONS, RecurrentConfig, RegressorConfig
from core.export.code_context import with_changes
from core.export.training import training_code
from core.recipes.texts import RECIPES, train_recipes
from core.training.optimizers import build_optimizer
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
    epochs = 60 if name == "cnn-robust" else 15  # whose attacks grow at first
    config = RECIPES[name].config.with_settings({"epochs": epochs, "lr": 0.01 if name.startswith("cnn") else 0.1})
    space, x, y = execute(config)
    before = nn.functional.cross_entropy(torch.zeros(20, 10), y)
    after = nn.functional.cross_entropy(space["network"](x), y)
    assert after < before


@pytest.mark.parametrize(
    ("family", "optimizer"),
    [
        *product(FAMILIES, ["sgd-by-hand", "adam"]),
        *(("raw", n) for n in OPTIMIZERS if n not in ("sgd-by-hand", "adam")),
    ],
)
def test_code_of_every_optimizer_and_family_moves_the_network(family, optimizer):
    config = RECIPES["mlp-autograd"].config.with_settings(
        {"family": family, "optimizer": optimizer, "epochs": 2, "hidden": (12, 8), "normalize": True}
    )
    losses = []
    for epochs in (0, 2):
        space, x, y = execute(config.with_settings({"epochs": epochs}))
        losses.append(nn.functional.cross_entropy(space["network"](x), y).item())
    assert losses[1] < losses[0]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("init", INITIALIZATIONS)
def test_code_starts_with_the_spread_that_the_lab_uses(family, init):
    config = RECIPES["mlp-autograd"].config.with_settings(
        {"family": family, "init": init, "epochs": 0, "hidden": (400,)}
    )
    space, _, _ = execute(config)
    weight = space["W_h"] if family in ("raw", "manual") else space["network"][0].weight
    expected = {"pytorch": (1 / 784 / 3) ** 0.5, "normal": 1.0, "xavier": (2 / 1184) ** 0.5, "he": (2 / 784) ** 0.5}
    assert weight.std().item() == pytest.approx(expected[init], rel=0.02)


@pytest.mark.parametrize(
    ("schedule", "optimizer"), [*product(SCHEDULES, ["sgd"]), ("cosine", "sgd-by-hand"), ("one-cycle", "adam")]
)
def test_code_of_every_schedule_moves_the_rate_as_the_lab_does(schedule, optimizer):
    changes = {"schedule": schedule, "optimizer": optimizer, "epochs": 20, "lr": 0.01}
    if optimizer == "sgd":
        changes |= {"decay": 0.1, "momentum": 0.9, "nesterov": 1.0}
    config = RECIPES["mlp-module"].config.with_settings(changes)
    space, _, _ = execute(config)
    expected = rate(config.train.optimizer, 19, schedule, 19 / 20)
    assert space.get("lr", 0.01) == pytest.approx(expected)


@pytest.mark.parametrize("recipe", train_recipes((RegressorConfig, RecurrentConfig)))
def test_code_of_networks_that_read_no_digits_runs(recipe):
    config = RECIPES[recipe].config.with_settings({"epochs": 3})
    if recipe == "regression-sine":
        x, y = torch.rand(20, 1), torch.rand(20, 1)
    else:
        x, y = torch.randint(0, 20, (20, 6)), torch.arange(20) % 5
        x[::2, 4:] = -1  # half of the words end earlier
    space = {"batches": lambda size: [(x, y)]}
    exec(training_code(config), space)
    assert space["network"](x).shape == (20, 1 if recipe == "regression-sine" else 5)


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": "adam", "epsilon": 1e-3, "lr": 0.01},
        {"optimizer": "momentum", "schedule": "cosine", "lr": 0.1},
        {"optimizer": "momentum", "decay": 0.5, "nesterov": 1.0, "lr": 0.1},
    ],
)
def test_the_optimizer_of_the_code_steps_as_the_labs_own(changes):
    """Where torch means something else, the code says so: the steps are the lab's."""
    config = RECIPES["mlp-module"].config.with_settings({"epochs": 6, "family": "raw", "hidden": (), **changes})
    space, x, y = execute(config)
    start, _, _ = execute(config.with_settings({"epochs": 0}))
    W, b = start["W_1"], start["b_1"]
    assert not torch.allclose(space["W_1"], W, atol=1e-4)
    optimizer = build_optimizer(config.train.optimizer, [W, b])
    for step in range(6):
        optimizer.zero_grad()
        nn.functional.cross_entropy(x @ W + b, y).backward()
        for group in optimizer.param_groups:
            group["lr"] = rate(config.train.optimizer, step, config.train.schedule, step / 6)
        optimizer.step()
    assert torch.allclose(space["W_1"], W, atol=1e-6)


def test_the_code_of_a_run_that_was_changed_says_when() -> None:
    config = RECIPES["mlp-module"].config
    code = training_code(config)
    assert with_changes(code, []) == code == with_changes(code, [{"step": 4, "name": "stop"}])
    told = with_changes(code, [{"step": 1200, "name": "lr", "value": 0.02}, {"step": 1300, "name": "stop"}])
    assert told.endswith(code), "the settings it began with"
    assert "#   after step 1,200: lr = 0.02" in told
    assert "1,300" not in told
    compile(told, "told", "exec")
