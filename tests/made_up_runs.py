"""Runs as they are on record, without training any."""

from typing import Any

from core.config.proportion import proportion
from core.recipes.texts import RECIPES
from core.storage.history import History
from core.storage.runs import RunRecord, new_run_id


def made_up(recipe: str = "linear-softmax", **given: Any) -> RunRecord:
    """A run of four steps in two epochs; settings and fields of the record by their names."""
    fields = {name: given.pop(name) for name in list(given) if name in RunRecord.__dataclass_fields__}
    history = History(loss=[2.0, 1.0, 0.5, 0.4], lr=[0.1] * 4, examples_per_step=[30, 20, 30, 20])
    for epoch, accuracy in ((0, 0.1), (1, 0.7), (2, 0.9)):
        history.epochs.append(
            {
                "epoch": epoch,
                "step": 2 * epoch,
                "seconds": 1.0 * epoch,
                "train_accuracy": accuracy,
                "train_loss": 2.3 - epoch,
                "test_loss": 2.4 - epoch,
                "test_accuracy": accuracy,
            }
        )
    right = fields.get("test_accuracy", 0.9)
    low, high = proportion(right, 100).interval if right is not None else (None, None)
    values: dict[str, Any] = {
        "run_id": new_run_id(),
        "recipe": recipe,
        "name": "",
        "owner": "me",
        "created": 1_700_000_000.0,
        "status": "finished",
        "data": "small",
        "n_train": 50,
        "n_test": 100,
        "epochs": 2.0,
        "train_seconds": 2.0,
        "test_accuracy": right,
        "ci_low": low,
        "ci_high": high,
        "test_loss": 0.4,
        "validation_accuracy": None,
        "device": "CPU",
        "precision": "fp32",
        "threads": 1,
        "versions": {},
        "config": RECIPES[recipe].config.with_settings(given),
        "history": history,
    }
    return RunRecord(**{**values, **fields})
