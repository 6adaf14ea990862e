"""The Runs page in Streamlit's own harness, over runs that are on record."""

from typing import Any

from streamlit.testing.v1 import AppTest

from core.config.proportion import Proportion
from core.recipes.texts import RECIPES
from core.storage.history import History
from core.storage.runs import RunRecord, new_run_id
from pages.ui.kit.shell.cache import run_store
from tests.pages import harness


def open_page(tab: str = "All runs", **address: str) -> AppTest:
    return harness.open_page("9_Runs.py", runs_tab=tab, **address)


def record(recipe: str = "linear-softmax", **given: Any) -> RunRecord:
    """A run on record, without training it; settings and fields of the record by their names."""
    run = made_up(recipe, **given)
    run_store().save(run)
    return run


def made_up(recipe: str = "linear-softmax", **given: Any) -> RunRecord:
    """Such a run, not yet saved."""
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
    low, high = Proportion(90, 100).interval
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
        "test_accuracy": 0.9,
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


def bars(app: AppTest) -> str:
    """The words on all bars of progress."""
    return " ".join(bar.proto.text for bar in app.get("progress"))


def table(app: AppTest) -> Any:
    return app.dataframe[0].value
