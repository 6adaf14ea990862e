"""Recorded runs as the rows of a table, and which of them somebody wants to see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.lessons.runs.charts.scale import written
from core.storage.checkpoints import run_checkpoint
from core.storage.runs import KINDS, RunRecord, RunStore
from core.storage.weight_history import weight_history_path

STATUSES = ("finished", "stopped", "diverged")


def title_of(run: RunRecord) -> str:
    """A run in few words that no other run has: its name or recipe, and its id."""
    return f"{run.name or run.recipe} · {run.run_id}"


def short_of(run: RunRecord, longest: int = 30) -> str:
    """The same for a chart: at most `longest` characters and half of the id.

    Of a trial of a sweep its settings, of a run of a race its optimizer.
    """
    name = run.name or run.recipe
    if run.kind in KINDS[1:] and name.startswith(f"{run.kind} ") and ": " in name:  # not one of one's own
        name = name.partition(": ")[2]
    return f"{name if len(name) <= longest else name[: longest - 1] + '…'} · {run.run_id[:4]}"


@dataclass(frozen=True)
class Wanted:
    """Which runs are shown; whatever is empty lets all through.

    words: every one of them must stand in the run's name, recipe, id, or settings (`lr=0.1`, `relu`), in
    capitals or not.
    """

    recipes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    kind: str = ""
    data: str = ""
    words: str = ""

    def of(self, runs: Iterable[RunRecord]) -> list[RunRecord]:
        """Those of the runs that are wanted, in their order."""
        return [run for run in runs if self.has(run)]

    def has(self, run: RunRecord) -> bool:
        """Whether this one is wanted."""
        return (
            (not self.recipes or run.recipe in self.recipes)
            and (not self.statuses or run.status in self.statuses)
            and self.kind in ("", run.kind)
            and self.data in ("", run.data)
            and all(word in _text(run) for word in self.words.lower().split())
        )


def _text(run: RunRecord) -> str:
    settings = " ".join(f"{name}={written(value)}" for name, value in run.config.settings().items())
    return f"{run.name} {run.recipe} {run.run_id} {run.data} {run.status} {settings}".lower()


def table(runs: Sequence[RunRecord]) -> list[dict[str, Any]]:
    """One row a run. Accuracies are fractions, times local; what was not measured is None."""
    return [_row(run) for run in runs]


def _row(run: RunRecord) -> dict[str, Any]:
    settings = run.config.settings()
    return {
        "name": run.name or run.recipe,
        "recipe": run.recipe,
        "when": datetime.fromtimestamp(run.created),
        "test accuracy": run.test_accuracy,
        "95% from": run.ci_low,
        "to": run.ci_high,
        "tested on": run.config.tested_on(run.n_test),
        "validation": run.validation_accuracy,
        "test loss": run.test_loss,
        "epochs": run.epochs,
        "seconds": run.train_seconds,
        "optimizer": settings["optimizer"],
        "learning rate": settings.get("lr"),
        "batch size": settings["batch_size"],
        "seed": settings["seed"],
        "status": run.status,
        "run type": run.kind,
        "data": run.data,
        "trained on": run.n_train,
        "changes": len(run.history.changes),
        "run": run.run_id,
    }


# Remove a run with all its files.


def remove(store: RunStore, run_id: str, owner: str | None) -> None:
    """Remove the record first, which says whether one may, then the weights and the weight history beside it.

    owner: who asks, as in RunStore.delete. Raises NotFound, or LabError if it is somebody else's.
    """
    store.delete(run_id, owner)
    weights = run_checkpoint(run_id)
    for path in (weight_history_path(weights), weights):
        path.unlink(missing_ok=True)
