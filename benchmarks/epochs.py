"""An epoch on the clock: from the first shuffle to the last step, whatever is done in between."""

import time
from collections.abc import Callable

import torch

from benchmarks.measure import Timed, Took
from core.config.run import RunConfig
from core.data.digits import Mnist
from core.models.threads import take_threads
from core.training.callbacks import Callback, Training
from core.training.trainer import new_trainer

IN_IT = "trainer, callbacks and history; by the clock, without choosing threads and measuring"


class Stopwatch(Callback):
    """Runs from the end of the first measurement, where the shuffle comes next, to the end of the last step.

    So the thread tuner's trial before the run and the measurements before and after it are left out; the
    permutation, every callback and the losses on their way into the history are in. It has to be the last of
    a trainer's callbacks.
    """

    def __init__(self) -> None:
        self.started = self.ended = 0.0

    def on_epoch_end(self, trainer: Training) -> None:
        if not self.started:
            self.started = time.perf_counter()

    def on_batch_end(self, trainer: Training) -> None:
        if trainer.position >= trainer.n:
            trainer.flush()  # the trainer's next move; here it still counts
        self.ended = time.perf_counter()

    @property
    def seconds(self) -> float:
        """What it shows."""
        return self.ended - self.started


def epoch(
    config: RunConfig, mnist: Mnist, callbacks: Callable[[], list[Callback]] = list, threads: int | None = None
) -> Timed:
    """One epoch of `config` through the trainer. threads: set before it begins; None leaves the number."""

    def run() -> Took:
        if threads:
            take_threads(threads)
        watch = Stopwatch()
        trainer = new_trainer(config, mnist, torch.device("cpu"), [*callbacks(), watch])
        trainer.run()
        return Took(watch.seconds, torch.get_num_threads())

    return run
