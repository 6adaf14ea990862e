"""One short run on some of the training images: enough to compare, not to be proud of.

Everything goes through the trainer that every network goes through, on one thread and in fp32, so that two
short runs differ only in what their configs differ in.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from core.config.proportion import proportion
from core.config.run import RunConfig
from core.config.validation import whole
from core.data.digits import Mnist
from core.data.examples import RunData
from core.data.splits import every_kth
from core.models.threads import one_thread
from core.training import memory
from core.training.callbacks import Callback, Training
from core.training.trainer import Diverged, Trainer

MEASURED = 2_000  # test images scored at the end; enough for ±1 point at 95%


@dataclass(frozen=True)
class ShortScore:
    """Accuracy (fraction) on n test images after one epoch; None where the loss stopped being a number."""

    accuracy: float | None
    n: int

    @property
    def ci95(self) -> tuple[float, float]:
        """95% interval of the accuracy, as fractions; (0, 1) where there is none."""
        return (0.0, 1.0) if self.accuracy is None else proportion(self.accuracy, self.n).interval


class _Tick(Callback):
    """Tells now and then how much of the run is done."""

    def __init__(self, report: Callable[[float], None], every: int = 10) -> None:
        self.report, self.every = report, every

    def on_batch_end(self, trainer: Training) -> None:
        if trainer.steps % self.every == 0:
            self.report(min(1.0, trainer.position / trainer.n))


@one_thread()
def short_run(
    config: RunConfig, mnist: Mnist, *, images: int, progress: Callable[[float], None] | None = None
) -> ShortScore:
    """Train `config` for one epoch on `images` training images drawn by its seed, and score it.

    Two configs of one seed see the same images in the same order. It is scored on up to MEASURED test images,
    evenly spread over all of them. progress: called with the share done, 0…1; what it raises ends the run.
    Raises ConfigError for nonsense.
    """
    whole(images, 1, 60_000, "The number of training images")
    train = config.train
    train = replace(train, epochs=1, precision="fp32", threads=1, split="none", validation=0.0, record_every=0)
    drawn = torch.randperm(len(mnist.train), generator=torch.Generator().manual_seed(train.seed))[:images]
    count = min(MEASURED, len(mnist.test))
    some = every_kth(mnist.test, count)
    memory.check(memory.of_training(replace(config, train=train)), "This training")
    data = RunData(mnist.train, some, train_places=drawn)
    trainer = Trainer(replace(config, train=train), data, [_Tick(progress)] if progress else [])
    try:
        trainer.run()
    except Diverged:
        return ShortScore(None, count)
    return ShortScore(trainer.history.last("test_accuracy"), count)
