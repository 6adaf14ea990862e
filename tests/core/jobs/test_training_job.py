"""Jobs: steered between steps, queued, watched, and recorded whatever happens."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from core.config.errors import ConfigError, LabError, NotFound
from core.config.run import RunConfig
from core.data.digits import Digits, Mnist
from core.data.examples import RunData
from core.jobs.registry import JobRegistry
from core.jobs.snapshot import Snapshot
from core.jobs.training_job import Job, start_training
from core.models.trained_network import load_checkpoint
from core.recipes.texts import RECIPES
from core.storage.checkpoints import run_checkpoint
from core.storage.runs import RunStore
from core.training.trainer import Trainer


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    images = torch.rand(2000, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    digits = Digits(images, torch.arange(2000) % 10)
    return Mnist("bundled", "small", digits, digits.take(slice(0, 200)))


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobRegistry]:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    registry = JobRegistry(RunStore(), at_once=1)
    yield registry
    registry.close()


def config(epochs: int = 2, **changes: object) -> RunConfig:
    """In 32 bits: compared with a bare trainer, which does not try out what is faster."""
    return RECIPES["mlp-autograd"].config.with_settings({"epochs": epochs, "precision": "fp32", **changes})


def until(job: Job, holds: Callable[[Snapshot], bool], seconds: float = 30) -> Snapshot:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds(job.snapshot):
            return job.snapshot
        time.sleep(0.01)
    raise AssertionError(f"never came true; last: {job.snapshot.status}, {job.snapshot.message}")


def test_a_job_runs_ends_and_is_recorded_with_its_weights(registry: JobRegistry, mnist: Mnist) -> None:
    job = start_training(registry, config(2), mnist, owner="ada")
    end = job.wait(30)
    assert (end.status, end.epoch, end.recorded, end.progress) == ("finished", 2.0, True, 1.0)
    record = registry.store.get(job.job_id)
    assert (record.owner, record.status, record.epochs) == ("ada", "finished", 2)
    assert record.history.loss == end.history.loss
    assert record.test_accuracy == end.history.last("test_accuracy")
    saved = load_checkpoint(run_checkpoint(job.job_id))
    assert end.weights is not None
    for name, tensor in saved.model.state_dict().items():
        torch.testing.assert_close(tensor, end.weights[name])


def test_a_job_computes_what_the_bare_trainer_computes(registry: JobRegistry, mnist: Mnist) -> None:
    chosen = config(2, threads=1)
    job = start_training(registry, chosen, mnist)
    torch.set_num_threads(1)
    bare = Trainer(chosen, RunData(mnist.train, mnist.test))
    bare.run()
    assert job.wait(30).history.loss == bare.history.loss


def test_pause_single_steps_and_resume(registry: JobRegistry, mnist: Mnist) -> None:
    job = start_training(registry, config(200), mnist)
    until(job, lambda s: s.steps > 3)
    job.pause()
    paused = until(job, lambda s: s.status == "paused")
    time.sleep(0.1)
    assert job.snapshot.steps == paused.steps
    for count in (1, 2):
        job.step()
        stepped = until(job, lambda s, n=count: s.steps == paused.steps + n)
        assert len(stepped.history.loss) == stepped.steps
        assert stepped.status == "paused"
    job.resume()
    until(job, lambda s: s.status == "running" and s.steps > paused.steps + 2)
    job.stop()
    assert job.wait(10).status == "stopped"
    assert registry.store.get(job.job_id).status == "stopped"


def test_settings_change_while_it_runs(registry: JobRegistry, mnist: Mnist) -> None:
    job = start_training(registry, config(300), mnist)
    until(job, lambda s: s.steps > 0)
    job.change("lr", 0.5)
    job.change("batch_size", 64)
    changed = until(job, lambda s: s.config.train.batch_size == 64)
    assert changed.config.train.optimizer["lr"] == 0.5
    assert [c["name"] for c in changed.history.changes] == ["lr", "batch_size"]
    with pytest.raises(ConfigError, match="lr must be more than 0"):
        job.change("lr", -1)
    with pytest.raises(ConfigError, match="cannot change while training runs"):
        job.change("hidden", (3,))
    assert job.snapshot.active
    job.stop()
    assert job.wait(10).status == "stopped"


def test_one_more_epoch_after_the_end_goes_on_from_there(registry: JobRegistry, mnist: Mnist) -> None:
    job = start_training(registry, config(1, threads=1), mnist)
    job.wait(30)
    registry.store.rename(job.job_id, "mine")
    job.add_epoch()
    end = job.wait(30)
    assert (end.status, end.epoch) == ("finished", 2.0)
    assert registry.store.get(job.job_id).name == "mine"
    torch.set_num_threads(1)
    straight = Trainer(config(2), RunData(mnist.train, mnist.test))
    straight.run()
    assert end.history.loss == straight.history.loss
    assert registry.store.get(job.job_id).epochs == 2
    assert len(registry.store.all()) == 1


def test_a_queue_shows_its_places_and_moves_on(registry: JobRegistry, mnist: Mnist) -> None:
    first, second, third = (start_training(registry, config(500), mnist) for _ in range(3))
    until(first, lambda s: s.status == "running")
    until(third, lambda s: s.place == 2)
    assert second.snapshot.place == 1
    second.stop()  # a waiting job can be withdrawn
    assert second.wait(10).status == "stopped"
    first.pause()  # a paused job lets the others by
    until(third, lambda s: s.status == "running")
    third.stop()
    third.wait(10)
    first.resume()
    until(first, lambda s: s.status == "running")
    first.stop()
    first.wait(10)
    with pytest.raises(NotFound):
        registry.store.get(second.job_id)  # it never made a step


def test_divergence_is_an_outcome_with_a_sentence(registry: JobRegistry, mnist: Mnist) -> None:
    diverging = RECIPES["mlp-deep"].config.with_settings({"lr": 100.0})
    end = start_training(registry, diverging, mnist).wait(30)
    assert end.status == "diverged"
    assert "learning rate 100 is too high" in end.message
    assert registry.store.get(end.job_id).status == "diverged"


def test_an_unforeseen_failure_becomes_a_state(
    registry: JobRegistry, mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Trainer, "step", broken)
    end = start_training(registry, config(), mnist).wait(30)
    assert end.status == "failed"
    assert end.message.endswith("the log says why.")
    monkeypatch.undo()
    assert start_training(registry, config(1), mnist).wait(30).status == "finished"  # its place was given back


def test_the_watchdog_stops_a_job_that_nobody_watches(tmp_path: Path, mnist: Mnist) -> None:
    alive = {"tab", "left"}
    registry = JobRegistry(
        RunStore(tmp_path / "runs.sqlite"), at_once=2, is_alive=alive.__contains__, patience=0.3, check_every=0.05
    )
    watched = start_training(registry, config(1000), mnist, session="tab")
    left = start_training(registry, config(1000), mnist, session="left")
    until(left, lambda s: s.steps > 0)  # something to keep
    alive.remove("left")
    assert left.wait(20).status == "stopped"
    assert "Nobody was watching" in left.snapshot.message
    assert registry.store.get(left.job_id).epochs > 0
    assert watched.snapshot.active
    alive.clear()
    alive.add("reloaded")
    registry.adopt(watched.job_id, "reloaded", Job)
    time.sleep(0.6)
    assert watched.snapshot.active
    registry.close()
    assert watched.wait(10).status == "stopped"


def test_fewer_epochs_than_begun_ends_with_this_one(registry: JobRegistry, mnist: Mnist) -> None:
    job = start_training(registry, config(500), mnist)
    until(job, lambda s: s.epoch > 2.2)
    job.change("epochs", 1)
    end = job.wait(30)
    assert end.status == "finished"
    assert end.epoch == end.config.train.epochs < 500
    assert end.epoch == int(end.epoch)


def test_what_is_asked_while_a_run_is_being_recorded_is_not_lost(
    registry: JobRegistry, mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.jobs import training_job as module

    real, begun, go_on = module.keep, threading.Event(), threading.Event()

    def slow(*arguments: object) -> None:
        begun.set()
        assert go_on.wait(30)
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "keep", slow)
    job = start_training(registry, config(1), mnist)
    assert begun.wait(30)
    assert job.snapshot.active
    job.add_epoch()
    job.pause()  # too late to pause: there is nothing left to hold
    go_on.set()
    end = job.wait(30)
    assert (end.status, end.epoch) == ("finished", 2.0)


def test_a_second_watcher_who_leaves_stops_nothing(tmp_path: Path, mnist: Mnist) -> None:
    alive = {"ada", "bob"}
    registry = JobRegistry(
        RunStore(tmp_path / "runs.sqlite"), at_once=1, is_alive=alive.__contains__, patience=0.2, check_every=0.05
    )
    job = start_training(registry, config(1000), mnist, session="ada")
    registry.adopt(job.job_id, "bob", Job)
    alive.remove("bob")
    time.sleep(0.6)
    assert job.snapshot.active
    registry.close()
    job.wait(10)


def test_old_runs_let_their_images_go(registry: JobRegistry, mnist: Mnist) -> None:
    jobs = [start_training(registry, config(1), mnist) for _ in range(3)]
    for job in jobs:
        job.wait(30)
    jobs[0].release()
    with pytest.raises(LabError, match="cannot go on"):
        jobs[0].add_epoch()
    assert jobs[0].snapshot.status == "finished"
    jobs[1].add_epoch()
    assert jobs[1].wait(30).epoch == 2


def test_progress_never_goes_back(registry: JobRegistry, mnist: Mnist) -> None:
    job = start_training(registry, config(6), mnist)
    seen = [0.0]
    while job.snapshot.active:
        seen.append(job.snapshot.epoch)
    assert seen == sorted(seen)


def test_a_server_that_ends_stops_its_jobs_in_order_and_keeps_what_they_have(mnist: Mnist) -> None:
    registry = JobRegistry(RunStore(), at_once=1)
    paused = start_training(registry, config(50), mnist)
    until(paused, lambda seen: seen.steps > 0)
    paused.pause()
    until(paused, lambda seen: seen.status == "paused")
    running = start_training(registry, config(50), mnist)
    until(running, lambda seen: seen.steps > 0)
    queued = start_training(registry, config(50), mnist)
    registry.close()
    assert [job.snapshot.status for job in (paused, running, queued)] == ["stopped"] * 3
    assert "shut down" in running.snapshot.message
    for job in (paused, running):
        assert registry.store.get(job.job_id).status == "stopped"
        assert run_checkpoint(job.job_id).is_file()
    with pytest.raises(LabError, match="shut down"):
        start_training(registry, config(1), mnist)
