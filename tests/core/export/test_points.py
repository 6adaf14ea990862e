"""The code of the page on regression runs as it stands, learns, and takes a network apart."""

import pytest
import torch

from core.config.errors import ConfigError
from core.data.points import CURVES
from core.export.training import UNIT_CONTRIBUTIONS, regression_code
from core.recipes.texts import RECIPES

RECIPE = RECIPES["regression-sine"].config


def run(**changes):
    torch.manual_seed(0)
    space = {}
    exec(regression_code(RECIPE.with_settings(changes)), space)  # our own text, shown to students
    return space


def test_it_learns_and_keeps_the_best_epoch():
    space = run(epochs=300)
    assert (len(space["x_train"]), len(space["x_validation"])) == (200, 50)
    with torch.no_grad():
        kept = space["loss_function"](space["network"](space["x_validation"]), space["y_validation"]).item()
    assert kept == pytest.approx(space["best_loss"])
    assert kept < 0.05
    assert float(space["x_train"].abs().max()) <= 2 * torch.pi


@pytest.mark.parametrize("target", CURVES)
def test_every_curve_is_the_labs(target):
    x = torch.linspace(-2, 2, 9)
    assert torch.equal(eval(CURVES[target].code, {"torch": torch, "x": x}), CURVES[target].of(x))
    run(target=target, epochs=2, noise=0.1, points=20)


@pytest.mark.parametrize(
    "changes",
    [
        {"validation": 0.0, "keep": "last"},
        {"optimizer": "sgd", "lr": 0.01, "schedule": "cosine"},
        {"optimizer": "sgd-by-hand", "lr": 0.01},
        {"batch_size": 16, "hidden": (4, 4), "init": "he"},
        {"hidden": ()},
    ],
)
def test_every_setting_runs(changes):
    space = run(epochs=2, points=40, **changes)
    assert space["network"](space["x_train"]).shape == space["y_train"].shape


def test_small_batches_come_from_all_points_in_every_epoch():
    space = run(epochs=3, points=50, batch_size=16)
    assert sum(len(x) for x, _ in space["batches"](16)) == 40, "a fifth is held out"


def test_placed_points_stand_in_the_code():
    placed = tuple((float(n), n / 2) for n in range(10))
    space = run(epochs=2, target="placed", placed=placed)
    assert space["points"].tolist() == [list(pair) for pair in placed]


def test_the_code_that_takes_a_network_apart():
    space = run(epochs=1)
    space["grid"] = torch.linspace(-3, 3, 50)[:, None]
    exec(UNIT_CONTRIBUTIONS, space)
    assert space["places"].shape == (16,)


def test_digits_are_no_curve():
    with pytest.raises(ConfigError):
        regression_code(RECIPES["mlp-module"].config)
