"""The best epoch kept and early stopping: what is kept, when it ends, and what is on record."""

import time
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from core.config.errors import ConfigError
from core.config.run import RunConfig
from core.data.points import curve_points
from core.jobs import training_job
from core.jobs.registry import JobRegistry
from core.jobs.training_job import Throttle, start_training
from core.models.evaluation import evaluate
from core.models.trained_network import load_checkpoint
from core.recipes.texts import RECIPES
from core.storage.checkpoints import run_checkpoint
from core.storage.runs import RunStore
from core.storage.weight_history import load_weight_history, weight_history_path
from core.training.callbacks import Best, Callback
from core.training.recording import best_of, keep, kept_row, record_of, weight_history_of
from core.training.run_data import material_for
from core.training.trainer import Trainer, new_trainer

RECIPE = RECIPES["regression-sine"].config
QUICK = {"epochs": 150, "points": 20, "precision": "fp32", "threads": 1, "noise": 0.5, "hidden": (32,)}


class AllWeights(Callback):
    """Every epoch's weights, to compare with."""

    def __init__(self) -> None:
        self.rows: list[dict[str, torch.Tensor]] = []

    def on_epoch_end(self, trainer: Trainer) -> None:
        self.rows.append({k: v.clone() for k, v in trainer.module.state_dict().items()})


def trained(config: RunConfig, *callbacks: Callback) -> Trainer:
    trainer = new_trainer(config, material_for(config), torch.device("cpu"), callbacks)
    trainer.run()
    return trainer


def test_the_kept_weights_are_those_of_the_lowest_validation_loss() -> None:
    everything = AllWeights()
    trainer = trained(RECIPE.with_settings(QUICK), everything)
    losses = [row["validation_loss"] for row in trainer.history.epochs]
    lowest = losses.index(min(losses))  # type: ignore[type-var]
    assert 0 < lowest < len(losses) - 1, "a run whose last epoch is its best tests nothing"
    best = best_of(trainer)
    assert best.row == lowest
    assert kept_row(trainer) == trainer.history.epochs[lowest]
    for name, tensor in everything.rows[lowest].items():
        assert torch.equal(best.weights[name], tensor)


def test_keep_last_leaves_the_last() -> None:
    trainer = trained(RECIPE.with_settings({**QUICK, "keep": "last"}))
    assert best_of(trainer) is None
    assert kept_row(trainer) == trainer.history.epochs[-1]


@pytest.mark.parametrize("keeps", ["best", "last"])
def test_patience_ends_the_run_and_more_epochs_go_on(keeps: str) -> None:
    trainer = trained(RECIPE.with_settings({**QUICK, "epochs": 500, "patience": 8, "keep": keeps}))
    (best,) = (entry for entry in trainer.callbacks if isinstance(entry, Best))
    assert best.row is not None
    assert trainer.epoch == trainer.config.train.epochs == best.row + 8 < 500
    trainer.change("epochs", trainer.epoch + 2)
    trainer.run()
    assert trainer.epoch >= best.row + 9


def test_record_and_checkpoint_hold_the_kept_epoch() -> None:
    config = RECIPE.with_settings(QUICK)
    trainer, store = trained(config), RunStore()
    record = record_of(trainer, "bestbest", status="finished", owner="me", data="points")
    keep(trainer, record, store)
    row = kept_row(trainer)
    assert record.test_loss == row["test_loss"] != trainer.history.epochs[-1]["test_loss"]
    assert (record.test_accuracy, record.ci_low) == (None, None)
    assert record.summary()["test_loss"] == record.test_loss
    back = load_checkpoint(run_checkpoint("bestbest"))
    assert back.provenance["kept_epoch"] == row["epoch"]
    assert evaluate(back.model, curve_points(back.config.data).test).loss == pytest.approx(  # type: ignore[arg-type]
        row["test_loss"]
    )
    weight_history = load_weight_history(weight_history_path(run_checkpoint("bestbest")))
    assert weight_history[0].epoch == 0
    assert weight_history[-1].epoch == trainer.epoch, "the last epoch is not the checkpoint: the film has it"
    assert torch.equal(weight_history[-1].weights["layers.0.weight"], trainer.module.state_dict()["layers.0.weight"])


def test_a_film_of_a_thousand_epochs_is_short_and_dense_at_the_start() -> None:
    trainer = trained(RECIPE.with_settings({**QUICK, "epochs": 1000, "points": 5}))
    epochs = [frame.epoch for frame in weight_history_of(trainer)]
    assert epochs[:10] == list(range(10))
    assert epochs[-1] == 1000
    assert 60 < len(epochs) < 110
    assert all(later >= 1.06 * earlier for earlier, later in pairwise(epochs[1:-1]))


def test_without_a_validation_score_there_is_no_best() -> None:
    """Three points hold none out at a share of 0.1: that is refused. Without a share the last epoch stays."""
    with pytest.raises(ConfigError, match=r"0\.1 of 3 points holds out none"):
        RECIPE.with_settings({**QUICK, "points": 3, "validation": 0.1})
    placed = tuple((float(x), 1.0) for x in range(6))
    with pytest.raises(ConfigError, match="of 5 points holds out none"):
        RECIPE.with_settings({"target": "placed", "placed": placed, "validation": 0.1})
    trainer = trained(RECIPE.with_settings({**QUICK, "points": 3, "validation": 0.0, "keep": "last"}))
    assert best_of(trainer) is None
    assert kept_row(trainer).get("validation_loss") is None


def test_a_job_ends_with_the_weights_it_keeps() -> None:
    registry = JobRegistry(RunStore(), check_every=60)
    try:
        config = RECIPE.with_settings(QUICK)
        job = start_training(registry, config, material_for(config))
        snapshot = job.wait(60)
        assert snapshot.status == "finished", snapshot.message
        kept = load_checkpoint(run_checkpoint(job.job_id))
        assert snapshot.weights_epoch == kept.provenance["kept_epoch"] < 150
        for name, tensor in kept.model.state_dict().items():
            assert torch.equal(snapshot.weights[name], tensor)  # type: ignore[index]
        job.add_epoch()
        assert job.wait(60).epoch == 151
    finally:
        registry.close()


def test_unhurried_rests_after_every_epoch_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr(training_job.time, "sleep", rests.append)
    config = RECIPE.with_settings({**QUICK, "epochs": 10})
    assert trained(config, Throttle(100)).history.loss == trained(config).history.loss
    assert rests == [training_job.LONGEST] * 11, "a pause must be heard soon"
    rests.clear()
    trained(config, Throttle(1e-6))
    assert rests == []


def test_the_time_left_counts_the_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(training_job.time, "monotonic", lambda: clock[0])

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    monkeypatch.setattr(training_job.time, "sleep", sleep)
    slow = Throttle(2.0)
    assert slow.seconds_left(10) is None
    trained(RECIPE.with_settings({**QUICK, "epochs": 10}), slow)
    assert slow.seconds_left(10) == pytest.approx(2.0)
    assert slow.seconds_left(0) == 0


def test_a_job_that_takes_its_time_says_how_long_it_will_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    config = RECIPE.with_settings({**QUICK, "epochs": 100})
    registry = JobRegistry(RunStore(), check_every=60)
    try:
        job = start_training(registry, config, material_for(config), seconds=20)
        for _ in range(300):
            time.sleep(0.02)
            if job.snapshot.epoch >= 5:
                break
        seen = job.snapshot
        assert seen.seconds_left is not None
        assert seen.seconds_left > 0.15 * (100 - seen.epoch), "each epoch takes 0.2 s, its steps hardly any"
        job.stop()
        job.wait(30)
    finally:
        registry.close()


def test_more_than_a_thousand_epochs_can_be_prolonged() -> None:
    trainer = new_trainer(RECIPE.with_settings({"epochs": 2000}), material_for(RECIPE), torch.device("cpu"), [])
    trainer.change("epochs", 2001)
    assert trainer.config.train.epochs == 2001
