"""Runs to order, without training any."""

from collections.abc import Callable
from typing import Any

import pytest

from core.config.proportion import proportion
from core.recipes.texts import RECIPES
from core.storage.history import History
from core.storage.runs import RunRecord, new_run_id

MakeRun = Callable[..., RunRecord]


@pytest.fixture
def make_run() -> MakeRun:
    """`make_run("mlp-module", lr=0.3, name="…", …)`: settings and fields of the record by their names."""
    return make


def make(recipe: str = "linear-softmax", **given: Any) -> RunRecord:
    """A run of four steps in two epochs, with accuracy 0.9 on 100 images."""
    fields = {name: given.pop(name) for name in list(given) if name in RunRecord.__dataclass_fields__}
    history = History(
        loss=[2.0, None, 1.0, 0.5],
        lr=[0.1] * 4,
        examples_per_step=[30, 20, 30, 20],
        epochs=[
            {"epoch": 0.0, "step": 0, "examples": 0, "seconds": 0.0, "test_loss": 2.3, "test_accuracy": 0.1},
            {"epoch": 1.0, "step": 2, "examples": 50, "seconds": 3.0, "test_loss": 1.2, "test_accuracy": 0.7},
            {"epoch": 2.0, "step": 4, "examples": 100, "seconds": 4.0, "test_loss": 0.9, "test_accuracy": 0.9},
        ],
    )
    accuracy = fields.get("test_accuracy", 0.9)
    low, high = proportion(accuracy, 100).interval if accuracy is not None else (None, None)
    values: dict[str, Any] = {
        "run_id": new_run_id(),
        "recipe": recipe,
        "name": "",
        "owner": "me",
        "created": 1_000_000.0,
        "status": "finished",
        "data": "small",
        "n_train": 50,
        "n_test": 100,
        "epochs": 2.0,
        "train_seconds": 4.0,
        "test_accuracy": accuracy,
        "ci_low": low,
        "ci_high": high,
        "test_loss": 0.9,
        "validation_accuracy": None,
        "device": "CPU",
        "precision": "fp32",
        "threads": 1,
        "versions": {},
        "config": RECIPES[recipe].config.with_settings(given),
        "history": history,
    }
    return RunRecord(**{**values, **fields})
