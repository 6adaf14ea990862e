"""A race is fair: one start, one order of batches, and no lane feels the others."""

import hashlib
import time
from dataclasses import replace

import pytest
import torch

from core.config.errors import NotFound
from core.config.race import Lane, RaceConfig
from core.config.run import ConfigError, OptimizerConfig, RunConfig
from core.data.digits import Digits, Mnist
from core.jobs.registry import JobRegistry
from core.jobs.training_job import Job
from core.lessons.race.race import Race
from core.lessons.race.race_job import RaceJob, start_race
from core.recipes.texts import RECIPES
from core.storage.runs import RunStore
from core.training.run_data import divided
from core.training.trainer import new_trainer

LANES = (
    Lane("SGD", OptimizerConfig("sgd", {"lr": 0.1})),
    Lane("RMSprop", OptimizerConfig("rmsprop")),
    Lane("Adam", OptimizerConfig("adam"), "cosine"),
)


def digits(n: int, seed: int) -> Digits:
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % 10
    images = torch.rand(n, 1, 28, 28, generator=generator) * 0.2
    images[torch.arange(n), 0, labels] += 0.7
    return Digits(images.clamp(0, 1), labels)


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    return Mnist(train=digits(600, 0), test=digits(100, 1), source="bundled", size="small")


def base(**changes: object) -> RunConfig:
    settings = {"epochs": 2, "activation": "relu", "validation": 0.1, "record_every": 2, "threads": 1}
    return RECIPES["mlp-autograd"].config.with_settings({**settings, **changes})


def race(mnist: Mnist, lanes: tuple[Lane, ...] = LANES, seeds: tuple[int, ...] = (0,), **changes: object) -> Race:
    return Race(RaceConfig(base(**changes), lanes, seeds), mnist)


def weights_hash(tensors: dict[str, torch.Tensor]) -> str:
    return hashlib.sha256(b"".join(t.detach().numpy().tobytes() for t in tensors.values())).hexdigest()


@pytest.mark.parametrize("changes", [{}, {"validation": 0.13}, {"validation": 0.0}, {"share": 0.45}])
def test_images_are_counted_as_they_are_divided(mnist: Mnist, changes: dict[str, float]) -> None:
    """Each digit's share is rounded, so that no share of the whole gives the number of images of an epoch."""
    uneven = mnist.train.take(torch.arange(600)[torch.arange(600) % 17 > 0])
    data = replace(mnist, train=uneven)
    config = base(**changes)
    trainer = new_trainer(config, data, torch.device("cpu"))
    held_out = trainer.data.validation_places
    assert divided(data, config) == (trainer.n, 0 if held_out is None else len(held_out))


def test_lanes_start_from_the_same_weights_on_the_same_batches(mnist: Mnist) -> None:
    run = race(mnist)
    rounds = run.advance()
    starts, orders = set(), set()
    config = run.config
    for lane in config.lanes:
        starts.add(weights_hash(new_trainer(config.run(lane, 0), mnist, torch.device("cpu")).network.tensors))
    assert len(starts) == 1
    for _ in range(7):  # into the second epoch
        next(rounds)
        orders.add(tuple(tuple(t.order.tolist()) for t in run.trainers.values()))
        assert len({trainer.steps for trainer in run.trainers.values()}) == 1
    assert all(len(set(order)) == 1 for order in orders)
    assert len(orders) == 2
    rounds.close()


def test_a_lane_is_what_it_would_be_alone(mnist: Mnist) -> None:
    together = {run.lane: run.history.loss for run in race(mnist).run()}
    backwards = {run.lane: run.history.loss for run in race(mnist, LANES[::-1]).run()}
    alone = race(mnist, LANES[2:]).run()[0].history.loss
    single = new_trainer(RaceConfig(base(), LANES).run(LANES[0], 0), mnist, torch.device("cpu")).run()
    assert together == backwards
    assert together["Adam"] == alone
    assert together["SGD"] == single.loss
    assert len(set(map(tuple, together.values()))) == 3


def test_seeds_differ_and_each_repeats_itself(mnist: Mnist) -> None:
    first, again = race(mnist, seeds=(3, 4)).run(), race(mnist, seeds=(3, 4)).run()
    assert [run.history.loss for run in first] == [run.history.loss for run in again]
    assert first[0].history.loss != first[3].history.loss
    assert [(run.lane, run.seed) for run in first] == [(lane.name, s) for s in (3, 4) for lane in LANES]


def test_a_lane_that_diverges_stops_alone(mnist: Mnist) -> None:
    wild = Lane("wild", OptimizerConfig("sgd", {"lr": 100.0, "momentum": 0.99}))
    runs = {
        run.lane: run
        for run in race(mnist, (wild, *LANES), epochs=40, hidden=(100, 100), normalize=True, family="module").run()
    }
    assert runs["wild"].status == "diverged"
    assert "too high" in runs["wild"].message
    assert all(runs[lane.name].status == "finished" for lane in LANES)
    assert len(runs["Adam"].history.epochs) == 41


def test_validation_error_is_recorded_on_the_way(mnist: Mnist) -> None:
    rows = race(mnist).run()[0].history.records
    assert [row["step"] for row in rows] == [2, 4, 6, 8, 10]
    assert all(0 <= row["validation_error"] <= 1 for row in rows)
    assert [row["seconds"] for row in rows] == sorted(row["seconds"] for row in rows)


@pytest.mark.parametrize(
    ("lanes", "seeds", "sentence"),
    [
        ((), (0,), "1 to 8 optimizers"),
        ((LANES[0], LANES[0]), (0,), "same name"),
        (LANES, (), "1 to 10 seeds"),
        (LANES, (1, 1), "named twice"),
        (LANES, (-1,), "A seed"),
    ],
)
def test_nonsense_is_refused(lanes: tuple[Lane, ...], seeds: tuple[int, ...], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        RaceConfig(base(), lanes, seeds)


def test_batch_norm_with_one_image_in_a_batch_is_refused(mnist: Mnist) -> None:
    settings = {"norm_hidden": True, "hidden": (8,), "batch_size": 599, "validation": 0.0}
    with pytest.raises(ConfigError, match="600 images in batches of 599 leave one alone"):
        Race(RaceConfig(RECIPES["cnn-bn"].config.with_settings(settings), LANES), mnist)


def test_a_race_travels_as_json() -> None:
    config = RaceConfig(base(), LANES, (1, 2))
    assert RaceConfig.from_json(config.to_json()) == config
    with pytest.raises(ConfigError):
        RaceConfig.from_json({"lanes": []})


def test_a_race_in_the_background_pauses_stops_and_is_recorded(mnist: Mnist, tmp_path) -> None:
    store = RunStore(tmp_path / "runs.sqlite")
    registry = JobRegistry(store, at_once=1)
    job = start_race(registry, RaceConfig(base(epochs=400), LANES, (0, 1)), mnist, session="me")
    with pytest.raises(NotFound):
        registry.get(job.job_id, Job)
    assert registry.adopt(job.job_id, "you", RaceJob) is job
    _until(lambda: job.snapshot.rounds > 20)
    job.pause()
    _until(lambda: job.snapshot.status == "paused")
    rounds = job.snapshot.rounds
    assert {len(run.history.loss) for run in job.snapshot.runs[:3]} == {rounds}
    job.step()
    _until(lambda: job.snapshot.rounds == rounds + 1)
    job.resume()
    _until(lambda: job.snapshot.rounds > rounds + 5)
    job.stop()
    seen = job.wait(30)
    assert seen.status == "stopped"
    assert [run.status for run in seen.runs] == ["stopped"] * 3 + ["waiting"] * 3
    names = sorted(run.name for run in store.all())
    assert names == sorted(f"race {job.job_id}: {lane.name}, seed 0" for lane in LANES)
    assert all(run.test_accuracy is not None and run.kind == "race" for run in store.all())
    registry.close()


def test_a_race_runs_to_its_end(mnist: Mnist, tmp_path) -> None:
    registry = JobRegistry(RunStore(tmp_path / "runs.sqlite"), at_once=2)
    seen = start_race(registry, RaceConfig(base(), LANES, (0, 1)), mnist).wait(60)
    assert (seen.status, seen.progress) == ("finished", 1.0)
    assert all(run.history.last("test_accuracy") for run in seen.runs)
    registry.close()


def _until(done, seconds: float = 30.0) -> None:
    limit = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < limit, "it never happened"
        time.sleep(0.01)


class _Bad(Race):
    """A race in which one lane's losses are no numbers from its third step on, and nobody has looked yet."""

    bad = "SGD"

    def _step(self, steps, run) -> bool:  # type: ignore[no-untyped-def]
        going = super()._step(steps, run)
        trainer = self.trainers[run.lane]
        if run.lane == self.bad and going and trainer.steps >= 3:
            trainer._pending[-1] = (torch.tensor(float("nan")), *trainer._pending[-1][1:])
        return going


@pytest.mark.parametrize(("bad", "how"), [("SGD", "pause"), ("Adam", "stop")])
def test_losses_that_are_no_numbers_cost_only_their_lane(
    mnist: Mnist, tmp_path, monkeypatch: pytest.MonkeyPatch, bad: str, how: str
) -> None:
    monkeypatch.setattr("core.lessons.race.race_job.Race", type("Bad", (_Bad,), {"bad": bad}))
    store = RunStore(tmp_path / "runs.sqlite")
    registry = JobRegistry(store, at_once=1)
    job = start_race(registry, RaceConfig(base(epochs=300), LANES), mnist)
    _until(lambda: job.snapshot.rounds >= 4)
    if how == "pause":
        job.pause()
        _until(lambda: job.snapshot.status == "paused")
        job.resume()
        _until(lambda: job.snapshot.rounds > 30)
    job.stop()
    seen = job.wait(30)
    assert seen.status == "stopped", seen.message
    assert {run.lane: run.status for run in seen.runs} == {
        lane.name: "diverged" if lane.name == bad else "stopped" for lane in LANES
    }
    assert len(store.all()) == 3
    registry.close()


def test_a_lane_that_cannot_be_recorded_does_not_stop_the_race(mnist: Mnist, tmp_path) -> None:
    store = RunStore(tmp_path / "runs.sqlite")
    registry = JobRegistry(store, at_once=1)
    store.save = lambda record: (_ for _ in ()).throw(OSError("disk full"))  # type: ignore[method-assign]
    seen = start_race(registry, RaceConfig(base(epochs=1), LANES), mnist).wait(30)
    assert seen.status == "finished"
    assert "could not be recorded" in seen.message
    registry.close()
