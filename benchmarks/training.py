"""Rows about training: against the texts' own loop, against NumPy, by hand against autograd, as a race."""

from collections.abc import Callable

import torch

from benchmarks import numpy_net, text_loop
from benchmarks.epochs import IN_IT, epoch
from benchmarks.measure import Row, Setup, Timed, timed
from core.config.race import Lane, RaceConfig
from core.config.run import OptimizerConfig, RunConfig
from core.jobs.autotune import ALONE, ThreadTuner
from core.lessons.race.race import Race
from core.recipes.texts import RECIPES
from core.training.trainer import new_trainer

AIMS = {"mlp-autograd": 12.0, "mlp-deep": 3.5, "cnn-lab": 3.0, "cnn-bn": 2.5}
QUICK = 2_000  # images of an "epoch" in a quick run
NUMPY = {"mlp-autograd": 1.5, "mlp-deep": 1.5, "mlp-manual": 2.0}


def config(name: str) -> RunConfig:
    """A recipe for one epoch, as the texts' loop runs it: nothing measured meanwhile; as fast as possible."""
    return RECIPES[name].config.with_settings({"epochs": 1, "record_every": 0, "fast": True})


def ours(name: str, setup: Setup) -> Timed:
    """An epoch through trainer, history and thread tuner."""
    return epoch(config(name), setup.digits(QUICK), lambda: [ThreadTuner(worth_it=ALONE)])


def _against_text(name: str) -> Callable[[Setup], tuple[Timed, Timed]]:
    def prepare(setup: Setup) -> tuple[Timed, Timed]:
        digits = setup.digits(QUICK).train
        return ours(name, setup), lambda: text_loop.one_epoch(config(name), digits)

    return prepare


def _against_numpy(name: str) -> Callable[[Setup], tuple[Timed, Timed]]:
    def prepare(setup: Setup) -> tuple[Timed, Timed]:
        digits = setup.digits(QUICK).train
        return ours(name, setup), lambda: numpy_net.one_epoch(config(name), digits)

    return prepare


def _by_hand(setup: Setup) -> tuple[Timed, Timed]:
    """Both on one thread: the same machine for both, whatever its tuner would choose."""
    by_hand, autograd = (
        epoch(config(name).with_settings({"precision": "fp32"}), setup.digits(QUICK), threads=1)
        for name in ("mlp-manual", "mlp-autograd")
    )
    return by_hand, autograd


def _race(setup: Setup) -> tuple[Timed, Timed]:
    """Six optimizers in turns, against the same six runs one after another; one thread for all of them."""
    names = ("sgd", "momentum", "rmsprop", "adam", "adamw", "adagrad")
    mnist = setup.digits(QUICK)
    base = config("mlp-autograd").with_settings({"activation": "relu", "threads": 1})
    race = RaceConfig(base, tuple(Lane(name, OptimizerConfig(name)) for name in names))

    def alone() -> None:
        for lane in race.lanes:
            new_trainer(race.run(lane, 0), mnist, torch.device("cpu"), [ThreadTuner(worth_it=ALONE)]).run()

    return timed(lambda: Race(race, mnist).run()), timed(alone)


ROWS: dict[str, Row] = {
    **{
        f"train-{name}": Row(
            f"one epoch, as fast as possible: {IN_IT}",
            "the text's own loop: DataLoader, ToTensor, fp32",
            aim,
            _against_text(name),
        )
        for name, aim in AIMS.items()
    },
    **{
        f"vs-numpy/{name}": Row(
            f"one epoch of {name}, as fast as possible: {IN_IT}",
            "the same network in plain NumPy",
            aim,
            _against_numpy(name),
        )
        for name, aim in NUMPY.items()
    },
    "manual-vs-autograd": Row(
        f"one epoch of mlp-manual, batch form, one thread: {IN_IT}",
        "the same of mlp-autograd, one thread",
        1.05,
        _by_hand,
    ),
    "race-k-lanes": Row(
        "a race of six lanes on mlp-autograd with ReLU, one thread",
        "six single runs with the same settings, one thread",
        0.95,
        _race,
    ),
}
