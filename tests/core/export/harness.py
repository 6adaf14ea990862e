"""An exported script run beside the app's own run."""

import contextlib
import io
from typing import Any

import pytest
import torch

from core.config.digits import DigitsConfig
from core.config.proportion import Proportion
from core.config.run import RunConfig
from core.data.digits import Mnist
from core.data.examples import Material
from core.export.facts import Facts
from core.export.training import training_lesson
from core.models.threads import one_thread
from core.storage.history import History
from core.training.callbacks import Callback
from core.training.recording import kept_row
from core.training.run_data import material_for
from core.training.trainer import Diverged, Trainer, new_trainer

A_CLASS = 40  # images of each digit
CPU = torch.device("cpu")


def trained(config: RunConfig, material: Material, callbacks: list[Callback] | None = None) -> Trainer:
    trainer = new_trainer(config, material, CPU, callbacks or [], keep_weights=False)
    with one_thread(), contextlib.suppress(Diverged):
        trainer.run()
    return trainer


def executed(config: RunConfig, history: History | None = None, **facts: Any) -> dict[str, Any]:
    return run_script(training_lesson(config, history, Facts(data="small", **facts)).script)


def run_script(text: str) -> dict[str, Any]:
    """The names that a script leaves, and as "printed" what it said."""
    space: dict[str, Any] = {}
    with one_thread(), contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(text, "script.py", "exec"), space)
    space["printed"] = printed.getvalue()
    return space


def material_of(config: RunConfig, digits: Mnist) -> Material:
    return digits if isinstance(config.data, DigitsConfig) else material_for(config)


def same_curve(space: dict[str, Any], trainer: Trainer, tolerance: float = 1e-4) -> None:
    expected = [value for value in trainer.history.loss if value is not None]
    assert len(space["losses"]) >= len(expected) > 0
    assert space["losses"][: len(expected)] == pytest.approx(expected, rel=tolerance, abs=1e-6)


def same_score(space: dict[str, Any], trainer: Trainer) -> None:
    row = kept_row(trainer)
    assert space["loss"] == pytest.approx(row["test_loss"], rel=1e-3)
    if row["test_accuracy"] is not None:
        assert space["right"] / space["n"] == pytest.approx(row["test_accuracy"])
        low, high = Proportion(space["right"], space["n"]).interval
        assert f"test accuracy {row['test_accuracy']:.2%} ({low:.2%} … {high:.2%})" in space["printed"]
