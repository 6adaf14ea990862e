"""A short training for a demo: some of the training images, a few seconds, while somebody waits.

Everything goes through the trainer that every network goes through, on one thread and in fp32, so that two short
trainings differ only in what their configs differ in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core.config.proportion import proportion
from core.config.run import RunConfig
from core.config.validation import whole
from core.data.digits import Mnist
from core.data.examples import RunData
from core.data.splits import every_kth
from core.models.threads import one_thread
from core.storage.history import History
from core.training import memory
from core.training.callbacks import Callback, Training
from core.training.trainer import Diverged, Trainer

MEASURED = 2_000  # test images scored at the end; enough for ±1 point at 95%
Progress = Callable[[float], None]


@dataclass(frozen=True)
class ShortScore:
    """Accuracy (fraction) on n test images at the end; None where the loss stopped being a number."""

    accuracy: float | None
    n: int

    @property
    def diverged(self) -> bool:
        """Whether the loss stopped being a number: then there is no accuracy."""
        return self.accuracy is None

    @property
    def ci95(self) -> tuple[float, float]:
        """95% interval of the accuracy, as fractions; (0, 1) where there is none."""
        return (0.0, 1.0) if self.accuracy is None else proportion(self.accuracy, self.n).interval


@dataclass(frozen=True)
class ShortTraining:
    """What a short training left: its history, and the step at which it diverged, counted from 1, or None."""

    history: History
    n_test: int
    diverged: int | None

    @property
    def score(self) -> ShortScore:
        """On the test images at the end."""
        accuracy = None if self.diverged else self.history.last("test_accuracy")
        return ShortScore(accuracy, self.n_test)


class _Tick(Callback):
    """Tells now and then how much of the training is done."""

    def __init__(self, report: Progress, every: int = 10) -> None:
        self.report, self.every = report, every

    def on_batch_end(self, trainer: Training) -> None:
        if trainer.steps % self.every == 0:
            self.report(trainer.done)

    def on_epoch_end(self, trainer: Training) -> None:
        self.report(trainer.done)


@one_thread()
def short_training(
    config: RunConfig,
    data: RunData,
    *,
    callbacks: Sequence[Callback] = (),
    prepare: Callable[[Trainer], None] | None = None,
    progress: Progress | None = None,
) -> ShortTraining:
    """Train `config` to its end, in fp32 on one thread; a training that diverges ends there and says so.

    prepare: changes the trainer before its first step. progress: called with the share done, 0…1; what it raises
    ends the training. Raises ConfigError for nonsense.
    """
    config = replace(config, train=replace(config.train, precision="fp32", threads=1))
    trainer = Trainer(config, data, [*callbacks, *([_Tick(progress)] if progress else [])])
    if prepare is not None:
        prepare(trainer)
    diverged = None
    try:
        trainer.run()
    except Diverged:
        diverged = len(trainer.history.loss)
    return ShortTraining(trainer.history, len(data.test), diverged)


def part_of(progress: Progress | None, index: int, count: int) -> Progress | None:
    """The progress of one of `count` trainings that follow each other, as that of all of them."""
    return progress and (lambda share: progress((index + share) / count))


def drawn(images: int, total: int, seed: int) -> Tensor:
    """Places of `images` of `total` training images, drawn by the seed; of all of them where there are fewer."""
    return torch.randperm(total, generator=torch.Generator().manual_seed(seed))[:images]


def short_run(config: RunConfig, mnist: Mnist, *, images: int, progress: Progress | None = None) -> ShortScore:
    """Train `config` for one epoch on `images` training images drawn by its seed, and score it.

    Two configs of one seed see the same images in the same order. It is scored on up to MEASURED test images,
    evenly spread over all of them. progress: as for `short_training`. Raises ConfigError for nonsense.
    """
    whole(images, 1, 60_000, "The number of training images")
    once = replace(config.train, epochs=1, precision="fp32", threads=1, split="none", validation=0.0, record_every=0)
    config = replace(config, train=once)
    memory.check(memory.of_training(config), "This training")
    places = drawn(images, len(mnist.train), once.seed)
    data = RunData(mnist.train, every_kth(mnist.test, MEASURED), train_places=places)
    return short_training(config, data, progress=progress).score
