"""Is it MNIST, byte for byte? The SHA-256 sums of the four files, and what else comes in the same layout.

A header and a sample say little: half of the images may be zeros, or the labels belong to other images. The
sum of the whole file says it all. A file that was found sound is remembered by its size and times, so that
the next start need not sum 55 MB again.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from core.config.errors import DataError
from core.data.idx import FILES, Bytes, IdxFile
from core.data.mnist_folder import RawMnist
from core.storage.atomic_write import write_whole
from core.storage.paths import home

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
        raise DataError(_told([(paths[place].name, contents[place]) for place in wrong]))
    if not known.issuperset(states):
        _remember(states)


def checksum(file: IdxFile, content: Bytes) -> str:
    """SHA-256 of the unpacked file that holds these entries."""
    digest = hashlib.sha256(file.header)
    digest.update(np.ascontiguousarray(content).data)
    return digest.hexdigest()


def _told(wrong: list[tuple[str, Bytes]]) -> str:
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
    told = path.stat()
    return f"{path.resolve()} {told.st_size} {told.st_mtime_ns} {told.st_ctime_ns} {SHA256[file.name]}"


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
