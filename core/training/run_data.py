"""What a run learns from: the material of its kind, divided and, where the config says so, spoiled."""

from dataclasses import dataclass, replace
from typing import Literal

import torch

from core.config.digits import DigitsConfig
from core.config.errors import ConfigError
from core.config.run import CurveConfig, RunConfig, WordsConfig
from core.data.corruption import corrupt
from core.data.digits import Digits
from core.data.examples import Examples, Material, RunData
from core.data.points import curve_points
from core.data.sources import load
from core.data.splits import lab_split, validation_places
from core.data.words import load_words


def run_data(material: Material, config: RunConfig) -> RunData:
    """The examples of a run: training, test and, where the config asks for one, a validation split.

    Validation examples are drawn from the training examples by the run's seed, the same share of every class;
    or they are the first half of the test images, and the last half alone is the test.
    """
    train, test = material.train, material.test
    if isinstance(config.data, DigitsConfig) and config.data.any:
        return _spoiled(material, config, config.data)
    if config.train.split == "lab":
        assert isinstance(test, Digits)
        first, last = lab_split(test)
        return RunData(train, last, first_half=first)
    if not config.train.validation:
        return RunData(train, test)
    kept, held_out = validation_places(train, config.train.validation, config.train.seed)
    return RunData(train, test, kept, held_out)


def divided(material: Material, config: RunConfig) -> tuple[int, int]:
    """How many examples the run trains on, and how many others validate it. Exact: each class is rounded."""
    data = run_data(material, config)
    if data.first_half is not None:
        return len(data.places), len(data.first_half)
    return len(data.places), 0 if data.validation_places is None else len(data.validation_places)


def _spoiled(material: Material, config: RunConfig, faults: DigitsConfig) -> RunData:
    """The same with faults in the training images; those held out to validate with come from them too."""
    assert isinstance(material.train, Digits)
    spoiled = corrupt(material.train, faults)
    plain = run_data(_Replaced(spoiled.digits, material.test, material.size), replace(config, data=DigitsConfig()))
    used = spoiled.places if plain.train_places is None else _both(plain.train_places, spoiled.places)
    held_out = plain.validation_places
    return replace(
        plain, train_places=used, validation_places=None if held_out is None else _both(held_out, spoiled.places)
    )


def _both(places: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    return places[torch.isin(places, others)]


@dataclass(frozen=True, eq=False)
class _Replaced:
    """Material with other training examples."""

    train: Digits
    test: Examples
    size: str


def material_for(config: RunConfig, size: Literal["auto", "full", "small"] = "auto") -> Material:
    """What a run learns from: digits, words or points on a curve. size: of the digits."""
    if isinstance(config.data, CurveConfig):
        return curve_points(config.data)
    if isinstance(config.data, WordsConfig):
        return load_words(config.data)
    return load(size)


# Batches of a single image, which batch normalization cannot train on: a single value has no spread.


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
