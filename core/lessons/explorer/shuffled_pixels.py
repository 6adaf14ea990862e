"""Does a network need to know which pixels are neighbors? Train the same one twice and see.

Every image has its pixels rearranged by one fixed permutation. For a fully connected network that is only
another numbering of its inputs: it has no notion of "beside". For a convolutional one it destroys everything.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from core.config.proportion import proportion
from core.config.run import MLPConfig, OptimizerConfig, RunConfig, TrainConfig
from core.data.digits import Digits
from core.data.examples import RunData
from core.data.splits import permute_pixels
from core.models.threads import one_thread
from core.training.callbacks import Callback, Training
from core.training.trainer import Trainer

EPOCHS, IMAGES = 5, 10_000  # a few seconds


@dataclass(frozen=True)
class Curve:
    """Test accuracy before training and after each epoch, as fractions, of a network scored on n images."""

    accuracy: tuple[float, ...]
    n: int

    @property
    def ci95(self) -> tuple[float, float]:
        """95% interval of the last accuracy, as fractions."""
        return proportion(self.accuracy[-1], self.n).interval


@dataclass(frozen=True)
class ShuffleResult:
    """The same network, seed and batches, on images as they are and with their pixels shuffled."""

    plain: Curve
    shuffled: Curve


class _Tick(Callback):
    """Tells after every measurement how much of the whole comparison is done."""

    def __init__(self, report: Callable[[float], None], done: float, share: float) -> None:
        self.report, self.done, self.share = report, done, share

    def on_epoch_end(self, trainer: Training) -> None:
        self.report(self.done + self.share * trainer.epoch / trainer.config.train.epochs)


def compare(
    train: Digits,
    test: Digits,
    *,
    pixel_seed: int = 1,
    epochs: int = EPOCHS,
    images: int = IMAGES,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> ShuffleResult:
    """Train 784→100→10 (ReLU, SGD lr 0.1, batch 64) on plain, then on shuffled pixels; a few seconds.

    images: how many training images, drawn by the seed. progress: called with the share done, 0…1.
    """
    picked = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))[:images]
    train = train.take(picked)
    config = RunConfig(
        recipe="shuffled-pixels",
        model=MLPConfig(hidden=(100,), activation="relu"),
        train=TrainConfig(
            epochs=epochs, batch_size=64, seed=seed, optimizer=OptimizerConfig("sgd", {"lr": 0.1}), precision="fp32"
        ),
    )
    shuffled = RunData(permute_pixels(train, pixel_seed), permute_pixels(test, pixel_seed))
    with one_thread():
        plain_curve = _train(config, RunData(train, test), progress, 0.0)
        return ShuffleResult(plain_curve, _train(config, shuffled, progress, 0.5))


def _train(config: RunConfig, data: RunData, progress: Callable[[float], None] | None, done: float) -> Curve:
    ticks = [_Tick(progress, done, 0.5)] if progress else []
    history = Trainer(config, data, ticks).run()
    return Curve(tuple(float(row["test_accuracy"] or 0.0) for row in history.epochs), len(data.test))
