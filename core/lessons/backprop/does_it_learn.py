"""Does a network whose gradient vanishes still learn? Train it for one pass and see.

The networks of `vanishing`, beside this file, trained by hand-derived gradients through the shared trainer.
"""

from collections.abc import Sequence

from core.config.run import Activation, Initialization, MLPConfig, OptimizerConfig, RunConfig, TrainConfig
from core.data.digits import Digits
from core.data.examples import RunData
from core.training.short_training import Progress, ShortScore, drawn, part_of, short_training


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
    progress: Progress | None = None,
) -> list[ShortScore]:
    """One epoch of SGD (batch 64) on `images` training images for each (activation, initialization).

    All see the same images in the same order. progress: called with the share done, 0…1.
    """
    data = RunData(train.take(drawn(images, len(train), seed)), test)
    once = TrainConfig(epochs=1, batch_size=64, seed=seed, optimizer=OptimizerConfig("sgd", {"lr": lr}))
    return [
        short_training(
            RunConfig("vanishing", MLPConfig((width,) * depth, activation, init, init, family="manual"), once),
            data,
            progress=part_of(progress, place, len(starts)),
        ).score
        for place, (activation, init) in enumerate(starts)
    ]
