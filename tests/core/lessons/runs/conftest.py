"""Runs to order, without training any."""

from collections.abc import Callable
from typing import Any

import pytest

from core.storage.history import History
from core.storage.runs import RunRecord
from tests.made_up_runs import made_up

MakeRun = Callable[..., RunRecord]


@pytest.fixture
def make_run() -> MakeRun:
    """`make_run("mlp-module", lr=0.3, name="…", …)`: settings and fields of the record by their names."""
    return make


def make(recipe: str = "linear-softmax", **given: Any) -> RunRecord:
    """A run of four steps in two epochs, the second loss no number, with accuracy 0.9 on 100 images."""
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
    usual = {"created": 1_000_000.0, "train_seconds": 4.0, "test_loss": 0.9, "history": history}
    return made_up(recipe, **(usual | given))
