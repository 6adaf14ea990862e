"""From a trainer to a run on record: what the command line and the jobs share."""

import logging
import platform
import sys
import time
from collections.abc import Mapping
from importlib.metadata import version

from core.config.errors import LabError
from core.config.proportion import proportion
from core.models.device import device_name, processor
from core.storage.checkpoints import run_checkpoint, save_checkpoint
from core.storage.disk import disk_words
from core.storage.history import Row
from core.storage.runs import RunRecord, RunStore
from core.storage.weight_history import WeightHistory, save_weight_history, weight_history_path
from core.training.callbacks import Best
from core.training.trainer import Trainer
from core.training.weight_history_callback import KeepWeights


def weight_history_of(trainer: Trainer | None) -> WeightHistory:
    """The frames that the run has kept so far; none where nobody films."""
    callbacks = trainer.callbacks if trainer else ()
    return next((entry.weight_history for entry in callbacks if isinstance(entry, KeepWeights)), ())


def weight_history_to_keep(trainer: Trainer) -> WeightHistory:
    """The frames that lie beside a checkpoint: without the last where that is the checkpoint itself."""
    weight_history = weight_history_of(trainer)
    return weight_history if best_of(trainer) is not None else weight_history[:-1]


def best_of(trainer: Trainer) -> Best | None:
    """Who keeps the best weights of a run that leaves these; None where it leaves the last."""
    if trainer.config.train.keep != "best":
        return None
    return next((entry for entry in trainer.callbacks if isinstance(entry, Best) and entry.row is not None), None)


def kept_row(trainer: Trainer) -> Row:
    """What was measured of the weights that the run leaves; empty before there is a measurement."""
    rows, best = trainer.history.epochs, best_of(trainer)
    if not rows:
        return {}
    return rows[-1] if best is None or best.row is None else rows[best.row]


def versions() -> dict[str, str]:
    """What computed a run, for its record."""
    return {
        "python": platform.python_version(),
        "torch": version("torch"),
        "numpy": version("numpy"),
        "platform": f"{sys.platform} {platform.machine()}",
        "processor": processor(),
    }


def computed_elsewhere(recorded: Mapping[str, str]) -> str:
    """That a run with these recorded versions may come out otherwise here; "" where it may not."""
    here = versions()
    other = [f"{name} {recorded[name]}" for name in ("processor", "torch") if name in recorded]
    if all(recorded.get(name, here[name]) == here[name] for name in ("processor", "torch")):
        return ""
    return f"Computed with {', '.join(other)}: trained again here, its last digits may differ."


def record_of(
    trainer: Trainer, run_id: str, *, status: str, owner: str, data: str, name: str = "", kind: str = "single"
) -> RunRecord:
    """The record of a run as it stands now."""
    history = trainer.history.copy()
    row = kept_row(trainer)
    accuracy = row.get("test_accuracy")
    n_test = len(trainer.data.test)
    low, high = (None, None) if accuracy is None else proportion(accuracy, n_test).interval
    return RunRecord(
        run_id=run_id,
        recipe=trainer.start.recipe,
        name=name,
        owner=owner,
        created=time.time(),
        status=status,
        data=data,
        n_train=trainer.n,
        n_test=n_test,
        epochs=history.last("epoch") or 0.0,
        train_seconds=trainer.seconds,
        test_accuracy=accuracy,
        ci_low=low,
        ci_high=high,
        test_loss=row.get("test_loss"),
        validation_accuracy=row.get("validation_accuracy"),
        device=device_name(trainer.device),
        precision=trainer.precision,
        threads=trainer.threads,
        versions=versions(),
        config=trainer.start,
        history=history,
        kind=kind,
    )


def keep(trainer: Trainer, record: RunRecord, store: RunStore) -> None:
    """Write the weights, then the record. Each is written though the other cannot be; then raises LabError.

    The film is the largest and the least: where the disk has no room for it, the run is kept without.
    """
    provenance = {k: v for k, v in record.summary().items() if k not in ("settings", "name")}
    provenance["versions"] = record.versions
    # the curves travel with the weights, so that a network can show how it became what it is
    provenance["history"] = record.history.rounded().to_json()
    provenance["trained"] = time.strftime("%Y-%m-%d", time.gmtime(record.created))
    if weight_history := weight_history_to_keep(trainer):
        try:
            save_weight_history(weight_history_path(run_checkpoint(record.run_id)), weight_history)
        except OSError:
            logging.getLogger(__name__).exception("The film of %s could not be written.", record.run_id)
    best = best_of(trainer)
    if best is not None:
        provenance["kept_epoch"] = kept_row(trainer)["epoch"]
    weights = trainer.module.state_dict() if best is None else best.weights
    path, problem = run_checkpoint(record.run_id), None
    try:
        save_checkpoint(path, weights, trainer.start, provenance)
    except OSError as error:
        problem = f"The run's curves and numbers are kept, its weights are not. {disk_words(error, path)}"
    try:
        store.save(record)
    except LabError as error:
        kept = "The run is not saved." if problem else f"Its weights and curves are kept in {path.name}."
        problem = f"{error} {kept}"
    if problem:
        raise LabError(problem)
