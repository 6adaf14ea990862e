"""Rows about training: against the texts' own loop, against NumPy, by hand against autograd, in a job."""

import time
from collections.abc import Callable
from dataclasses import replace

import torch

from benchmarks import numpy_net, text_loop
from benchmarks.measure import Row, Setup, Timed, timed
from core.config import OptimizerConfig, RunConfig
from core.data.digits import Digits
from core.race_config import Lane, RaceConfig
from core.recipes import RECIPES
from core.training.finish import new_trainer
from core.training.race import Race
from core.training.trainer import Trainer
from core.training.trial import ThreadTuner

AIMS = {"mlp-autograd": 12.0, "mlp-deep": 3.5, "cnn-lab": 3.0, "cnn-bn": 2.5}
QUICK = 12_000  # images of an "epoch" in a quick run
NUMPY = {"mlp-autograd": 1.5, "mlp-deep": 1.5, "mlp-manual": 2.0}


def config(name: str) -> RunConfig:
    """A recipe for one epoch, as the texts' loop runs it: nothing measured on the way."""
    return RECIPES[name].config.with_settings({"epochs": 1, "record_every": 0})


def images(setup: Setup) -> Digits:
    """What an epoch goes over: all training images, or the first few in a quick run."""
    return setup.mnist.train.take(slice(None, QUICK)) if setup.quick else setup.mnist.train


def ours(name: str, setup: Setup) -> Timed:
    """Seconds of an epoch's steps through trainer, history and thread tuner."""
    mnist = replace(setup.mnist, train=images(setup))

    def run() -> float:
        trainer = new_trainer(config(name), mnist, torch.device("cpu"), [ThreadTuner()])
        trainer.run()
        return trainer.seconds

    return run


def _against_text(name: str) -> Callable[[Setup], tuple[Timed, Timed]]:
    def prepare(setup: Setup) -> tuple[Timed, Timed]:
        digits = images(setup)
        return ours(name, setup), lambda: text_loop.one_epoch(config(name), digits)

    return prepare


def _against_numpy(name: str) -> Callable[[Setup], tuple[Timed, Timed]]:
    def prepare(setup: Setup) -> tuple[Timed, Timed]:
        digits = images(setup)
        return ours(name, setup), lambda: numpy_net.one_epoch(config(name), digits)

    return prepare


def _by_hand(setup: Setup) -> tuple[Timed, Timed]:
    """Both on one thread: the same machine for both, whatever its tuner would choose."""
    mnist = replace(setup.mnist, train=images(setup))

    def one(name: str) -> Timed:
        def run() -> float:
            trainer: Trainer = new_trainer(
                config(name).with_settings({"precision": "fp32"}), mnist, torch.device("cpu")
            )
            trainer.run()
            return trainer.seconds

        return run

    torch.set_num_threads(1)
    return one("mlp-manual"), one("mlp-autograd")


def _in_a_job(setup: Setup) -> tuple[Timed, Timed]:
    """A run inside a job whose snapshot is looked at twice a second, against the bare trainer."""
    import tempfile
    from pathlib import Path

    from core.runs import RunStore
    from core.training.registry import JobRegistry

    mnist = replace(setup.mnist, train=images(setup))
    plain = RECIPES["mlp-deep"].config.with_settings({"epochs": 1 if setup.quick else 2, "precision": "fp32"})
    store = RunStore(Path(tempfile.mkdtemp()) / "runs.sqlite")

    def job() -> float:
        registry = JobRegistry(store, is_alive=lambda session: True)
        running = registry.submit(plain, mnist, session="bench")
        while running.snapshot.active:
            time.sleep(0.5)
        return running.snapshot.seconds

    def bare() -> float:
        trainer = new_trainer(plain, mnist, torch.device("cpu"), [ThreadTuner()])
        trainer.run()
        return trainer.seconds

    return job, bare


def _race(setup: Setup) -> tuple[Timed, Timed]:
    """Six optimisers in turns, against the same six runs one after another; one thread for all of them."""
    names = ("sgd", "momentum", "rmsprop", "adam", "adamw", "adagrad")
    mnist = replace(setup.mnist, train=images(setup))
    base = config("mlp-autograd").with_settings({"activation": "relu", "threads": 1})
    race = RaceConfig(base, tuple(Lane(name, OptimizerConfig(name)) for name in names))

    def alone() -> None:
        for lane in race.lanes:
            new_trainer(race.run(lane, 0), mnist, torch.device("cpu"), [ThreadTuner()]).run()

    return timed(lambda: Race(race, mnist).run()), timed(alone)


ROWS: dict[str, Row] = {
    **{
        f"train-{name}": Row(
            "one epoch through trainer and history, precision auto",
            "the text's own loop: DataLoader, ToTensor, fp32",
            aim,
            _against_text(name),
        )
        for name, aim in AIMS.items()
    },
    **{
        f"vs-numpy/{name}": Row(
            f"one epoch of {name} through the trainer",
            "the same network in plain NumPy",
            aim,
            _against_numpy(name),
        )
        for name, aim in NUMPY.items()
    },
    "manual-vs-autograd": Row(
        "one epoch of mlp-manual, batch form, one thread", "mlp-autograd, one thread", 1.05, _by_hand
    ),
    "race-k-lanes": Row(
        "a race of six lanes on mlp-autograd with ReLU, one thread",
        "six single runs with the same settings, one thread",
        0.95,
        _race,
    ),
    "job-overhead": Row(
        "mlp-deep in a job, its snapshot polled twice a second", "the bare trainer", 0.95, _in_a_job
    ),
}
