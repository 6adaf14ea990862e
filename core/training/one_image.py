"""Batches of a single image, which batch normalization cannot train on: a single value has no spread."""

from core.config.errors import ConfigError
from core.config.run import RunConfig


def check_batches(config: RunConfig, n: int, left: int = 0) -> None:
    """Refuse a batch size that leaves one image to a batch where batch norm meets one value an image.

    n: images of an epoch. left: those of a begun epoch that are still to come, cut anew by the batch size.
    Raises ConfigError.
    """
    size = config.train.batch_size
    if not config.one_value or n < 1:
        return
    for images, where in ((n, "an epoch"), (left, "this epoch")):
        if images % size == 1 or (size == 1 and images):
            raise ConfigError(
                f"{images:,} images in batches of {size:,} leave one alone in the last batch of {where}, and "
                "batch normalization needs at least two: take another batch size, or leave out batch norm."
            )
