"""A run by hand beside one by autograd: steered as one, recorded, replayed, and compared."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.data.digits import Mnist
from core.data.examples import RunData
from core.jobs.job_pair import Pair, gap, twins, weights_apart
from core.jobs.registry import JobRegistry
from core.jobs.snapshot import Snapshot
from core.jobs.training_job import start_training
from core.models.trained_network import load_checkpoint
from core.recipes.texts import RECIPES
from core.storage.checkpoints import run_checkpoint
from core.storage.history import History
from core.storage.runs import RunStore
from core.training.callbacks import Replay
from core.training.trainer import Trainer


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobRegistry]:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    registry = JobRegistry(RunStore(), at_once=2)
    yield registry
    registry.close()


def until(pair: Pair, holds: Callable[[Snapshot, Snapshot], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds(pair.by_hand.snapshot, pair.by_autograd.snapshot):
            return
        time.sleep(0.01)
    raise AssertionError("never came true")


def start(registry: JobRegistry, mnist: Mnist, **changes: object) -> Pair:
    config = RECIPES["mlp-manual"].config.with_settings({"epochs": 200, "hidden": (20,), **changes})
    by_hand, by_autograd = twins(config)
    return Pair(start_training(registry, by_hand, mnist), start_training(registry, by_autograd, mnist))


def test_twins_differ_in_the_way_to_the_gradient_alone() -> None:
    config = RECIPES["mlp-manual"].config.with_settings(
        {"family": "module", "dropout": 0.5, "precision": "auto", "lr": 0.3}
    )
    ours, theirs = twins(config)
    assert (ours.mlp.family, theirs.mlp.family) == ("manual", "raw")
    assert replace(ours.mlp, family="raw") == theirs.mlp
    assert ours.train == theirs.train
    assert (ours.train.precision, ours.train.threads, ours.train.optimizer["lr"]) == ("fp32", 1, 0.3)
    assert (ours.recipe, theirs.recipe) == ("mlp-manual", "mlp-autograd")


def test_a_pair_runs_ends_and_is_recorded(registry: JobRegistry, mnist: Mnist) -> None:
    pair = start(registry, mnist, epochs=2, momentum=0.5)
    ends = [job.wait(60) for job in pair.jobs]
    assert [end.status for end in ends] == ["finished", "finished"]
    found = gap(ends[0].history.loss, ends[1].history.loss)
    assert len(found.size) == 64
    assert found.largest is not None
    assert found.largest[0] < 1e-5
    apart = weights_apart(ends[0].weights, ends[1].weights)
    assert apart is not None
    assert apart[0] < 1e-5
    record = registry.store.get(pair.by_hand.job_id)
    assert (record.recipe, record.epochs) == ("mlp-manual", 2)
    assert record.config.mlp.family == "manual"
    saved = load_checkpoint(run_checkpoint(pair.by_hand.job_id))
    weights = ends[0].weights
    assert weights is not None
    for name, tensor in saved.model.state_dict().items():
        torch.testing.assert_close(tensor, weights[name])
    pair.add_epoch()
    assert [job.wait(60).epoch for job in pair.jobs] == [3, 3]


def test_a_paused_pair_meets_at_one_step_and_goes_on(registry: JobRegistry, mnist: Mnist) -> None:
    pair = start(registry, mnist)
    until(pair, lambda a, b: a.steps > 10 and b.steps > 10)
    pair.by_autograd.pause()  # one falls behind
    until(pair, lambda a, b: b.status == "paused" and a.steps > b.steps + 5)
    assert pair.snapshot.active
    pair.meet()  # the other still runs: nothing to do
    pair.pause()
    until(pair, lambda a, b: a.status == b.status == "paused")
    ahead = pair.by_hand.snapshot.steps
    for _ in range(3):  # asking often asks for no more than once
        pair.meet()
    until(pair, lambda a, b: a.steps == b.steps)
    time.sleep(0.2)
    assert pair.level
    assert pair.by_hand.snapshot.steps == ahead
    until(pair, lambda a, b: a.weights_step == b.weights_step == ahead)
    pair.step()
    until(pair, lambda a, b: a.steps == b.steps == ahead + 1)
    pair.resume()
    until(pair, lambda a, b: a.steps > ahead + 3 and b.steps > ahead + 3)
    pair.stop()
    assert [job.wait(20).status for job in pair.jobs] == ["stopped", "stopped"]
    assert pair.snapshot.status == "stopped"


def test_a_pair_is_active_until_both_have_ended(registry: JobRegistry, mnist: Mnist) -> None:
    pair = start(registry, mnist)
    until(pair, lambda a, b: a.steps > 0 and b.steps > 0)
    pair.by_hand.stop()
    assert pair.by_hand.wait(20).status == "stopped"
    assert pair.snapshot.status == "running"
    pair.pause()
    until(pair, lambda a, b: b.status == "paused")
    assert pair.snapshot.status == "paused"
    pair.stop()
    pair.by_autograd.wait(20)
    assert not pair.snapshot.active


def test_what_was_changed_on_the_way_is_replayed(registry: JobRegistry, mnist: Mnist) -> None:
    config = twins(RECIPES["mlp-manual"].config.with_settings({"epochs": 200, "hidden": (20,)}))[0]
    job = start_training(registry, config, mnist)
    while job.snapshot.steps < 20:
        time.sleep(0.01)
    job.pause()
    while job.snapshot.status != "paused":
        time.sleep(0.01)
    job.change("lr", 0.3)
    job.change("momentum", 0.8)
    job.change("batch_size", 64)
    job.resume()
    then = job.snapshot.steps
    while job.snapshot.steps < then + 30:
        time.sleep(0.01)
    job.stop()
    end = job.wait(20)
    assert [change["name"] for change in end.history.changes] == ["lr", "momentum", "batch_size", "stop"]
    torch.set_num_threads(1)
    again = Trainer(config, RunData(mnist.train, mnist.test), [Replay(end.history.changes)])
    assert again.run().loss == end.history.loss


def test_the_gap_counts_what_is_equal_and_finds_the_largest() -> None:
    found = gap([1.0, 2.0, None, 0.5, 7.0], [1.0, 2.25, 1.0, 0.4])
    assert found.equal == 1
    assert found.largest == (0.25, 2)
    assert found.spacing[0] == pytest.approx(2**-23)
    recorded = gap([0.61234, 2.3001], [0.61235, 2.3001], digits=5)
    assert recorded.spacing == pytest.approx([1e-5, 1e-4])
    assert gap([], [1.0]).largest is None
    assert gap([None], [1.0]).largest is None


def test_the_largest_difference_of_weights_has_a_name() -> None:
    a = {"W": torch.zeros(2, 2), "b": torch.zeros(2)}
    b = {"W": torch.zeros(2, 2), "b": torch.tensor([0.0, 0.5])}
    assert weights_apart(a, b) == (0.5, "b")
    assert weights_apart(a, None) is None


def test_shipped_histories_tell_the_same_story() -> None:
    from core.models.trained_network import load_shipped

    ours, theirs = (
        History.from_json(load_shipped(name).provenance["history"]) for name in ("mlp-manual", "mlp-autograd")
    )
    found = gap(ours.loss, theirs.loss, digits=5)
    assert len(found.size) == len(ours.loss) == len(theirs.loss)
    assert found.largest is not None
    assert found.largest[0] < 1e-3
