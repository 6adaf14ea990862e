"""An exported script repeats what happened on the way: changes, stops, and going on."""

from typing import Any

import pytest
import torch

from core.data.digits import Mnist
from core.models.threads import one_thread
from core.recipes.texts import RECIPES
from core.training.callbacks import Callback, Replay
from core.training.trainer import Trainer
from tests.core.export.harness import executed, same_curve, same_score, trained

pytestmark = pytest.mark.usefixtures("small_package")


class Hand(Callback):
    """Somebody at the controls: what is done after which step."""

    def __init__(self, deeds: dict[int, dict[str, Any]]) -> None:
        self.deeds = deeds

    def on_batch_begin(self, trainer: Trainer) -> None:
        for name, value in self.deeds.pop(trainer.steps, {}).items():
            trainer.change(name, value)

    on_done = on_batch_begin


@pytest.mark.parametrize(
    ("start", "deeds"),
    [
        ({}, {3: {"lr": 0.5}, 8: {"batch_size": 17, "lr": 0.05}}),
        ({"schedule": "cosine"}, {0: {"lr": 0.3}, 4: {"epochs": 4}}),
        ({"optimizer": "sgd", "lr": 0.02, "nesterov": 1.0}, {2: {"momentum": 0.8}, 5: {"lr": 0.05}}),
        ({"momentum": 0.5}, {2: {"lr": 0.1}, 5: {"momentum": 0.9}}),
        ({}, {2: {"momentum": 0.9}, 5: {"momentum": 0.0}, 8: {"momentum": 0.9}}),
        (
            {"optimizer": "momentum", "nesterov": 1.0, "decay": 0.1},
            {2: {"momentum": 0.0}, 4: {"lr": 0.1}, 6: {"momentum": 0.9}},
        ),
        ({"optimizer": "adamw"}, {2: {"weight_decay": 0.5}}),
        ({"optimizer": "adam", "lr": 0.01}, {2: {"lr": 0.001}, 4: {"batch_size": 100}}),
        ({}, {14: {"epochs": 4}}),  # one more, when it was over
    ],
)
def test_what_was_changed_while_it_ran_is_changed_again(
    start: dict[str, Any], deeds: dict[int, dict[str, Any]], digits: Mnist
) -> None:
    first = {"optimizer": start["optimizer"]} if "optimizer" in start else {}
    config = RECIPES["mlp-autograd"].config.with_settings(
        {**first, "epochs": 2, "batch_size": 48, "hidden": (20,), **start}
    )
    trainer = trained(config, digits, [Hand({step: dict(deed) for step, deed in deeds.items()})])
    assert trainer.history.changes
    space = executed(trainer.start, trainer.history, status="finished", n_train=trainer.n)
    assert len(space["losses"]) == trainer.steps
    same_curve(space, trainer)
    same_score(space, trainer)
    again = trained(trainer.start, digits, [Replay(trainer.history.changes)])
    assert again.history.loss == trainer.history.loss


class Stop(Callback):
    def __init__(self, step: int) -> None:
        self.step = step

    def on_batch_begin(self, trainer: Trainer) -> None:
        from core.training.callbacks import StopTraining

        if trainer.steps == self.step:
            raise StopTraining


@pytest.mark.parametrize("schedule", ["constant", "one-cycle"])
def test_a_stopped_run_stops_again(schedule: str, digits: Mnist) -> None:
    config = RECIPES["mlp-module"].config.with_settings({"epochs": 5, "batch_size": 50, "schedule": schedule})
    trainer = trained(config, digits, [Stop(10)])
    space = executed(config, trainer.history, status="stopped", n_train=trainer.n)
    assert len(space["losses"]) == 10
    same_curve(space, trainer)
    same_score(space, trainer)


def test_a_run_that_diverged_ends_where_it_did(digits: Mnist) -> None:
    config = RECIPES["mlp-module"].config.with_settings({"epochs": 3, "batch_size": 20, "lr": 100.0})
    trainer = trained(config, digits)
    assert trainer.history.loss[-1] is None
    space = executed(config, trainer.history, status="diverged", n_train=trainer.n)
    assert len(space["losses"]) == len(trainer.history.loss)
    assert not torch.tensor(space["losses"][-1]).isfinite()


def test_a_run_that_was_stopped_and_went_on_is_one_run(digits: Mnist) -> None:
    config = RECIPES["mlp-module"].config.with_settings({"epochs": 3, "batch_size": 50})
    trainer = trained(config, digits, [Stop(10)])
    trainer.change("epochs", trainer.epoch + 1)  # as the button for one more epoch does
    trainer.callbacks = []
    with one_thread():
        trainer.run()
    assert [change["name"] for change in trainer.history.changes] == ["stop", "epochs"]
    space = executed(config, trainer.history, status="finished", n_train=trainer.n)
    assert len(space["losses"]) == trainer.steps > 10
    same_curve(space, trainer)
    same_score(space, trainer)


def test_fewer_epochs_than_planned(digits: Mnist) -> None:
    start = {"epochs": 9, "batch_size": 50, "schedule": "cosine"}
    config = RECIPES["mlp-module"].config.with_settings(start)
    trainer = trained(config, digits, [Hand({10: {"epochs": 1}})])  # the epoch that has begun is finished
    assert trainer.epoch == 2
    space = executed(config, trainer.history, status="finished", n_train=trainer.n)
    same_curve(space, trainer)
    same_score(space, trainer)
    assert len(space["losses"]) == trainer.steps
