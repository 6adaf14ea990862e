"""Does a network whose gradient vanishes still learn? Train it for one pass and see.

The networks of `vanishing`, beside this file, trained by hand-derived gradients through the shared trainer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from core.config.proportion import proportion
from core.config.run import Activation, Initialization, MLPConfig, OptimizerConfig, RunConfig, TrainConfig
from core.data.digits import Digits
from core.data.examples import RunData
from core.models.threads import one_thread
from core.training.callbacks import Callback, Training
from core.training.trainer import Diverged, Trainer


@dataclass(frozen=True)
class Learned:
    """Accuracy (fraction) on n test images after training.

    diverged: the loss stopped being a number; there is no accuracy then, and None stands for it.
    """

    accuracy: float | None
    n: int
    diverged: bool = False

    @property
    def ci95(self) -> tuple[float, float]:
        """95% interval of the accuracy, as fractions; (0, 1) where there is none."""
        if self.accuracy is None:
            return 0.0, 1.0
        return proportion(self.accuracy, self.n).interval


class _Tick(Callback):
    """Tells now and then how much of everything is done."""

    def __init__(self, report: Callable[[float], None], done: float, share: float) -> None:
        self.report, self.done, self.share = report, done, share

    def on_batch_end(self, trainer: Training) -> None:
        if trainer.steps % 20 == 0:
            self.report(min(1.0, self.done + self.share * trainer.position / trainer.n))


def compare(
    train: Digits,
    test: Digits,
    starts: Sequence[tuple[Activation, Initialization]],
    *,
    depth: int,
    width: int,
    lr: float = 0.1,
    images: int = 10_000,
    seed: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[Learned]:
    """One epoch of SGD (batch 64) on `images` training images for each (activation, initialization).

    All see the same images in the same order. progress: called with the share done, 0…1.
    """
    picked = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))[:images]
    data = RunData(train.take(picked), test)
    with one_thread():
        return [
            _train(
                RunConfig(
                    recipe="vanishing",
                    model=MLPConfig((width,) * depth, activation, init, init, family="manual"),
                    train=TrainConfig(
                        epochs=1,
                        batch_size=64,
                        seed=seed,
                        optimizer=OptimizerConfig("sgd", {"lr": lr}),
                        precision="fp32",
                    ),
                ),
                data,
                [_Tick(progress, place / len(starts), 1 / len(starts))] if progress else [],
            )
            for place, (activation, init) in enumerate(starts)
        ]


def _train(config: RunConfig, data: RunData, callbacks: list[Callback]) -> Learned:
    trainer = Trainer(config, data, callbacks)
    diverged = False
    try:
        trainer.run()
    except Diverged:
        diverged = True
    accuracy = None if diverged else trainer.history.last("test_accuracy")
    return Learned(accuracy, len(data.test), diverged)
