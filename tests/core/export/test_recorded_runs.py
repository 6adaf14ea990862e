"""However a run came about, the script that is downloaded from its record repeats its curve."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config.race import Lane, RaceConfig
from core.config.run import OptimizerConfig, RunConfig
from core.data.digits import Mnist
from core.data.fingerprint import fingerprint
from core.export.choose import lesson_of_run
from core.jobs.registry import JobRegistry
from core.jobs.sweep import trial
from core.jobs.sweep.ledger import begin
from core.jobs.sweep.plan import SweepPlan
from core.jobs.sweep.trial import run_trial
from core.jobs.training_job import start_training
from core.lessons.race.race_job import start_race
from core.recipes.texts import RECIPES
from core.storage.runs import RunRecord, RunStore
from tests.core.export.harness import material_of, run_script

pytestmark = pytest.mark.usefixtures("small_package")

#: Short runs on points, words and attacked images, each a job of its own.
SINGLE = {
    "regression": ("regression-sine", {"epochs": 30}),
    "language": ("language-gru", {"epochs": 1, "per_language": 100, "units": 16}),
    "adversarial": ("cnn-robust", {"epochs": 1, "batch_size": 40, "precision": "fp32"}),
}


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobRegistry]:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    found = JobRegistry(RunStore(), at_once=1)
    yield found
    found.close()


def config_of(recipe: str, **changes: object) -> RunConfig:
    return RECIPES[recipe].config.with_settings(changes)


def repeated(record: RunRecord) -> None:
    """The script's losses are those on record, step by step."""
    expected = [loss for loss in record.history.loss if loss is not None]
    losses = run_script(lesson_of_run(record).script)["losses"]
    assert len(losses) == len(expected) > 0
    early = slice(0, 300)  # rounding errors grow with the steps
    assert losses[early] == pytest.approx(expected[early], rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("kind", SINGLE)
def test_a_run_by_itself(kind: str, registry: JobRegistry, digits: Mnist) -> None:
    recipe, changes = SINGLE[kind]
    config = config_of(recipe, **changes)
    job = start_training(registry, config, material_of(config, digits))
    assert job.wait(120).status == "finished"
    repeated(registry.store.get(job.job_id))


def test_a_run_that_was_changed_prolonged_and_stopped(registry: JobRegistry, digits: Mnist) -> None:
    job = start_training(registry, config_of("mlp-deep", epochs=200, batch_size=40), digits)
    for name, value in (("lr", 0.03), ("batch_size", 24), ("momentum", 0.5)):
        before = job.snapshot.steps
        job.change(name, value)
        while job.snapshot.active and job.snapshot.steps < before + 5:
            job.join(0.02)
    job.stop()
    assert job.wait(60).status == "stopped"
    record = registry.store.get(job.job_id)
    assert [change["name"] for change in record.history.changes][:3] == ["lr", "batch_size", "momentum"]
    repeated(record)


def test_a_run_with_added_epochs(registry: JobRegistry, digits: Mnist) -> None:
    job = start_training(registry, config_of("mlp-module", epochs=1), digits)
    job.wait(60)
    job.add_epoch()
    assert job.wait(60).epoch == 2
    record = registry.store.get(job.job_id)
    assert record.prolonged.train.epochs == 2
    repeated(record)


def test_every_lane_of_a_race(registry: JobRegistry, digits: Mnist) -> None:
    lanes = (Lane("SGD", OptimizerConfig("sgd", {"lr": 0.1})), Lane("Adam", OptimizerConfig("adam"), "cosine"))
    base = config_of("mlp-autograd", epochs=2, validation=0.1, precision="fp32")
    start_race(registry, RaceConfig(base, lanes, (3, 4)), digits).wait(60)
    records = registry.store.all()
    assert {(run.config.train.optimizer.name, run.config.train.seed) for run in records} == {
        ("sgd", 3),
        ("sgd", 4),
        ("adam", 3),
        ("adam", 4),
    }
    for run in records:
        repeated(registry.store.get(run.run_id))


def test_every_trial_of_a_sweep(registry: JobRegistry, digits: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "material", lambda config, size: digits)
    plan = SweepPlan(config_of("linear-softmax", epochs=2), {"lr": (0.05, 0.7), "batch_size": (16, 50)})
    ledger = begin(plan, "small", fingerprint(digits))
    for one in ledger.open:
        registry.store.save(run_trial(ledger.order(one)))
    for run in registry.store.all():
        repeated(registry.store.get(run.run_id))
