"""The record of runs: complete, shared by processes, and still there after a crash."""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.config.errors import LabError, NotFound
from core.config.proportion import Proportion
from core.recipes.texts import RECIPES
from core.storage.history import History
from core.storage.paths import PROJECT
from core.storage.runs import RunRecord, RunStore, new_run_id


def record(**changes: object) -> RunRecord:
    history = History(loss=[2.3, None], lr=[0.1, 0.1], examples_per_step=[128, 96])
    history.epochs.append({"epoch": 1, "test_accuracy": 0.5})
    history.changes.append({"step": 1, "examples": 128, "name": "lr", "value": 0.2})
    base = RunRecord(
        run_id=new_run_id(),
        recipe="mlp-autograd",
        name="",
        owner="me",
        created=time.time(),
        status="finished",
        data="small",
        n_train=4000,
        n_test=1000,
        epochs=1,
        train_seconds=1.5,
        test_accuracy=0.5,
        ci_low=0.4,
        ci_high=0.6,
        test_loss=1.0,
        validation_accuracy=None,
        device="CPU",
        precision="fp32",
        threads=1,
        versions={"torch": "x"},
        config=RECIPES["mlp-autograd"].config,
        history=history,
    )
    return replace(base, **changes)


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs.sqlite")
    first, second = record(created=1.0), record(created=2.0, owner="ada", recipe="mlp-deep")
    store.save(first)
    store.save(second)
    assert store.get(first.run_id) == first
    assert [run.run_id for run in store.all()] == [second.run_id, first.run_id]
    assert [run.run_id for run in store.all(owner="ada")] == [second.run_id]
    assert store.all(recipe="mlp-autograd")[0].history.changes == first.history.changes
    store.save(replace(first, epochs=2))
    assert store.get(first.run_id).epochs == 2
    assert len(store.all()) == 2


def test_names_and_deleting(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs.sqlite")
    run = record(owner="ada")
    store.save(run)
    store.rename(run.run_id, "  my best '; DROP TABLE runs; --" + "x" * 100)
    assert store.get(run.run_id).name.startswith("my best '; DROP")
    assert len(store.get(run.run_id).name) == 80
    with pytest.raises(LabError, match="somebody else's"):
        store.delete(run.run_id, "bob")
    store.delete(run.run_id, "ada")
    with pytest.raises(NotFound):
        store.get(run.run_id)


def test_a_run_that_goes_on_keeps_what_its_training_does_not_know(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs.sqlite")
    trial = record(name="sweep 12ab34cd: lr=0.1", kind="sweep", owner="ada")
    store.save(trial)
    store.rename(trial.run_id, "my best")
    with sqlite3.connect(store.path) as connection:  # a later version of Digit Lab keeps more of a run
        connection.execute("ALTER TABLE runs ADD COLUMN note TEXT")
        connection.execute("UPDATE runs SET note = 'seen in class'")
    store.save(replace(trial, epochs=2, status="stopped", name="", kind="single", owner="me"))
    found = store.get(trial.run_id)
    assert (found.name, found.kind, found.owner) == ("my best", "sweep", "ada")
    assert (found.epochs, found.status) == (2, "stopped")
    with sqlite3.connect(store.path) as connection:
        assert connection.execute("SELECT note FROM runs").fetchone() == ("seen in class",)


def test_a_new_name_changes_nothing_else_of_a_run(tmp_path: Path) -> None:
    """Not even what this version cannot read: a name is written alone."""
    store = RunStore(tmp_path / "runs.sqlite")
    run = record()
    store.save(run)
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE runs SET history = json_set(history, '$.later', 1)")
        connection.execute("UPDATE runs SET config = '{}'")
        before = connection.execute("SELECT * FROM runs").fetchone()
    store.rename(run.run_id, "named", owner="me")
    with sqlite3.connect(store.path) as connection:
        after = connection.execute("SELECT * FROM runs").fetchone()
    assert [new for old, new in zip(before, after, strict=True) if old != new] == ["named"]
    with pytest.raises(LabError, match="somebody else's"):
        store.rename(run.run_id, "stolen", owner="bob")
    with pytest.raises(NotFound):
        store.rename("00000000", "nobody")


def test_a_file_of_before_learns_how_its_runs_came_about(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs.sqlite")
    names = {"sweep ab: lr=1": "sweep", "race adam": "race", "my race": "single", "": "single", "races": "single"}
    runs = {name: record(name=name) for name in names}
    for run in runs.values():
        store.save(run)
    with sqlite3.connect(store.path) as connection:
        connection.execute("ALTER TABLE runs DROP COLUMN kind")
    again = RunStore(store.path)
    assert {name: again.get(run.run_id).kind for name, run in runs.items()} == names


def test_a_file_of_before_leaves_validation_images_out_of_the_score(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs.sqlite")
    history = History(
        epochs=[
            {
                "epoch": e,
                "validation_accuracy": 0.9,
                "last_half_accuracy": a,
                "last_half_loss": 0.1,
                "test_accuracy": (0.9 + a) / 2,
                "test_loss": 0.2,
            }
            for e, a in ((1.0, 0.97), (2.0, 0.95))
        ]
    )
    lab = record(config=RECIPES["cnn-lab"].config, history=history, n_test=10_000, test_accuracy=0.935)
    other = record(n_test=10_000)
    for run in (lab, other):
        store.save(run)
    with sqlite3.connect(store.path) as connection:
        connection.execute("ALTER TABLE runs DROP COLUMN kind")
    found = RunStore(store.path).get(lab.run_id)
    assert (found.n_test, found.test_accuracy, found.test_loss) == (5_000, 0.97, 0.1)
    assert (found.ci_low, found.ci_high) == Proportion(4_850, 5_000).interval
    assert RunStore(store.path).get(other.run_id) == other


def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    path.write_text("not a database, but long enough to be looked at " * 50)
    with pytest.raises(LabError, match=r"runs\.sqlite, is damaged"):
        RunStore(path)


def _write_many(path: Path, owner: str) -> None:
    store = RunStore(path)
    for _ in range(40):
        store.save(record(owner=owner))


@pytest.mark.long
def test_two_processes_writing_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(path, owner)) for owner in ("ada", "bob")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
        assert writer.exitcode == 0
    store = RunStore(path)
    assert len(store.all(owner="ada")) == len(store.all(owner="bob")) == 40


ENDLESS = """
import time
from core.data import load
from core.recipes.texts import RECIPES
from core.storage.runs import RunStore
from core.jobs.registry import JobRegistry
from core.jobs.training_job import start_training
registry = JobRegistry(RunStore())
mnist = load("small")
short = RECIPES["mlp-autograd"].config.with_settings({"epochs": 1})
done = start_training(registry, short, mnist).wait(60)
print("finished", done.job_id, flush=True)
long = start_training(registry, short.with_settings({"epochs": 1000}), mnist)
while long.snapshot.steps < 20: time.sleep(0.01)
print("training", long.job_id, flush=True)
for _ in range(100000): start_training(registry, short, mnist).wait(60)
"""


@pytest.mark.long
def test_sigkill_in_mid_training_loses_no_finished_run(tmp_path: Path) -> None:
    """Killed while one job trains and others are being written: what had finished is there, and whole."""
    environment = {**os.environ, "DIGITLAB_HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}
    server = subprocess.Popen(
        [sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE, text=True, env=environment, cwd=PROJECT
    )
    assert server.stdout is not None
    finished = server.stdout.readline().split()
    training = server.stdout.readline().split()
    assert (finished[0], training[0]) == ("finished", "training")
    time.sleep(1.0)
    server.send_signal(signal.SIGKILL)
    server.wait(10)
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store = RunStore(tmp_path / "runs.sqlite")
    ids = [run.run_id for run in store.all()]
    assert finished[1] in ids
    assert training[1] not in ids
    for run_id in ids:
        assert len(store.get(run_id).history.loss) > 0
        assert (tmp_path / "checkpoints" / f"{run_id}.safetensors").is_file()


def test_a_row_that_cannot_be_read_hides_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = RunStore(tmp_path / "runs.sqlite")
    good, bad, worse = record(), record(), record()
    for run in (good, bad, worse):
        store.save(run)
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE runs SET config = '{}' WHERE run_id = ?", (bad.run_id,))
        connection.execute("UPDATE runs SET history = '{broken' WHERE run_id = ?", (worse.run_id,))
    assert [run.run_id for run in store.all()] == [good.run_id]
    assert "2 of 3 recorded runs cannot be read" in caplog.text
    with pytest.raises(LabError, match="cannot be read"):
        store.get(worse.run_id)
