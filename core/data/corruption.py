"""Spoiled training digits: wrong labels, a rare class, fewer images, noise; and which ones they are.

Every fault draws from a stream of its own, so that more wrong labels leave the noise where it is.
"""

import hashlib
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from core.config.digits import DigitsConfig
from core.data.digits import CLASSES, Digits


@dataclass(frozen=True, eq=False)
class Corrupted:
    """Training digits with faults.

    digits: all of them, labels and pixels as the network gets them. places: (n,) which of them are used,
    ascending. flipped: (N,) whether the label is wrong. true: (N,) the labels as they were.
    """

    digits: Digits
    places: Tensor
    flipped: Tensor
    true: Tensor


def corrupt(train: Digits, config: DigitsConfig) -> Corrupted:
    """The training digits with the faults of a config; without faults the very same tensors."""
    places = _used(train, config)
    wrong = torch.zeros(len(train), dtype=torch.bool)
    labels = train.labels
    if config.flipped > 0:
        generator = _stream(config, "flipped")
        order = places[torch.randperm(len(places), generator=generator)]
        wrong[order[: round(config.flipped * len(places))]] = True
        others = torch.randint(1, CLASSES, (len(train),), generator=generator)
        labels = torch.where(wrong, (train.labels + others) % CLASSES, train.labels)
    images = train.images
    if config.pixel_noise > 0:
        noise = torch.randn(images.shape, generator=_stream(config, "noise"))
        images = (images + config.pixel_noise * noise).clamp(0, 1)
    return Corrupted(Digits(images, labels), places, wrong, train.labels)


def _used(train: Digits, config: DigitsConfig) -> Tensor:
    """Places of the images that are used: a share of every digit, and little of the rare one."""
    if config.share == 1 and config.rare is None:
        return torch.arange(len(train))
    generator = _stream(config, "used")
    kept = []
    for digit in range(CLASSES):
        places = train.of_class(digit)
        share = config.share * (config.rare_share if digit == config.rare else 1.0)
        drawn = torch.randperm(len(places), generator=generator)
        kept.append(places[drawn[: round(share * len(places))]])
    return torch.cat(kept).sort().values


def _stream(config: DigitsConfig, name: str) -> Generator:
    digest = hashlib.blake2b(f"{config.faults_seed}/{name}".encode(), digest_size=7).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big"))
