"""One trial of a sweep, run anywhere: in this process, in another one, or on another machine."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import torch

from core.config.digits import DigitsConfig
from core.config.errors import ConfigError, LabError
from core.config.run import RunConfig
from core.data.digits import Mnist
from core.data.examples import Material
from core.data.fingerprint import fingerprint
from core.data.sources import load
from core.models.threads import own_threads
from core.storage.runs import RunRecord
from core.training.callbacks import Callback
from core.training.recording import record_of
from core.training.run_data import material_for
from core.training.trainer import Diverged, new_trainer

Size = Literal["auto", "full", "small"]


@dataclass(frozen=True)
class Order:
    """What a worker is told.

    number: of the trial. config: with its thread count fixed. size, data_hash: which digits it must have.
    run_id, name, owner: of the record.
    """

    number: int
    config: RunConfig
    size: Size
    data_hash: str
    run_id: str
    name: str
    owner: str


def material(config: RunConfig, size: Size) -> Material:
    """What a run learns from; digits are read once a process, however many trials it runs."""
    return _digits(size) if isinstance(config.data, DigitsConfig) else material_for(config)


def size_of(found: Material) -> Size:
    """How another machine asks for the same."""
    sizes: dict[str, Size] = {"full": "full", "small": "small"}
    return sizes.get(found.size, "auto")


@lru_cache(maxsize=2)
def _digits(size: Size) -> Mnist:
    return load(size)


@dataclass(frozen=True)
class Refused:
    """A trial that makes no sense with the sweep's data, and why; the others can be run all the same."""

    sentence: str
    status: str = "refused"


Outcome = RunRecord | Refused


def run_trial(order: Order, callbacks: Sequence[Callback] = ()) -> Outcome:
    """Train one trial on the CPU and return its record; nothing is written here.

    callbacks: watch it, where it runs in this process; one may raise StopTraining to end it early.
    Raises LabError where this machine has other data than the sweep's.
    """
    found = material(order.config, order.size)
    here = fingerprint(found)
    if here != order.data_hash:
        raise LabError(
            f"The worker {platform.node()} has other data than the machine that started the sweep "
            f"({here} instead of {order.data_hash}); give it the same copy (MNIST_ROOT)."
        )
    with own_threads(order.config.train.threads or 1):
        try:
            trainer = new_trainer(order.config, found, torch.device("cpu"), callbacks, keep_weights=False)
        except ConfigError as error:
            return Refused(str(error))
        trainer.threads = order.config.train.threads
        status = "finished"
        try:
            trainer.run()
        except Diverged:
            status = "diverged"
        if status == "finished" and trainer.epoch < trainer.config.train.epochs:
            status = "stopped"
    return record_of(
        trainer, order.run_id, status=status, owner=order.owner, data=found.size, name=order.name, kind="sweep"
    )
