"""Does a network need to know which pixels are neighbors? Train the same one twice and see.

Every image has its pixels rearranged by one fixed permutation. For a fully connected network that is only
another numbering of its inputs: it has no notion of "beside". For a convolutional one it destroys everything.
"""

from dataclasses import dataclass

from core.config.proportion import proportion
from core.config.run import MLPConfig, OptimizerConfig, RunConfig, TrainConfig
from core.data.digits import Digits
from core.data.examples import RunData
from core.data.splits import permute_pixels
from core.training.short_training import Progress, drawn, part_of, short_training

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


def compare(
    train: Digits,
    test: Digits,
    *,
    pixel_seed: int = 1,
    epochs: int = EPOCHS,
    images: int = IMAGES,
    seed: int = 0,
    progress: Progress | None = None,
) -> ShuffleResult:
    """Train 784→100→10 (ReLU, SGD lr 0.1, batch 64) on plain, then on shuffled pixels; a few seconds.

    images: how many training images, drawn by the seed. progress: called with the share done, 0…1.
    """
    train = train.take(drawn(images, len(train), seed))
    config = RunConfig(
        recipe="shuffled-pixels",
        model=MLPConfig(hidden=(100,), activation="relu"),
        train=TrainConfig(epochs=epochs, batch_size=64, seed=seed, optimizer=OptimizerConfig("sgd", {"lr": 0.1})),
    )
    shuffled = RunData(permute_pixels(train, pixel_seed), permute_pixels(test, pixel_seed))
    plain = _train(config, RunData(train, test), part_of(progress, 0, 2))
    return ShuffleResult(plain, _train(config, shuffled, part_of(progress, 1, 2)))


def _train(config: RunConfig, data: RunData, progress: Progress | None) -> Curve:
    history = short_training(config, data, progress=progress).history
    return Curve(tuple(float(row["test_accuracy"] or 0.0) for row in history.epochs), len(data.test))
