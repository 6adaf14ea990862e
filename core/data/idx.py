"""MNIST's own file format, IDX, read with suspicion.

An IDX file is a big-endian header (two zero bytes, the type code, the number of dimensions, then each
dimension as a 32-bit integer) followed by the raw bytes. The header alone tells a label file from an image
file and how long the file must be, so nearly every kind of damage can be named before a pixel is read.
Source: LeCun, Cortes, Burges, the MNIST database, "File formats".
"""

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.config.errors import DataError
from core.data.digits import CLASSES, SIDE

Bytes = npt.NDArray[np.uint8]

TRAIN, TEST = 60_000, 10_000
KIND_OF_DIMENSIONS = {3: "images", 1: "labels"}
UNSIGNED_BYTE = 8
GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class IdxFile:
    """What one of the four files must be."""

    name: str
    kind: str
    count: int

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.count, SIDE, SIDE) if self.kind == "images" else (self.count,)

    @property
    def header(self) -> bytes:
        return np.array([UNSIGNED_BYTE << 8 | len(self.shape), *self.shape], dtype=">u4").tobytes()


FILES = (
    IdxFile("train-images-idx3-ubyte", "images", TRAIN),
    IdxFile("train-labels-idx1-ubyte", "labels", TRAIN),
    IdxFile("t10k-images-idx3-ubyte", "images", TEST),
    IdxFile("t10k-labels-idx1-ubyte", "labels", TEST),
)


def read_idx(path: Path, expected: IdxFile) -> Bytes:
    """The entries of one file, packed (gzip) or not; DataError names the file and what is wrong with it."""
    name = path.name
    raw = _bytes(path, expected)
    shape = _shape(raw, name)
    _check_kind(shape, expected, name)
    length = 4 + 4 * len(shape) + int(np.prod(shape))
    if len(raw) < length:
        raise DataError(f"{name} is truncated: {len(raw):,} bytes of the {length:,} it announces.")
    if len(raw) > length:
        raise DataError(f"{name} has {len(raw) - length:,} bytes too many after its last entry.")
    content = raw[4 + 4 * len(shape) :].reshape(shape)
    if expected.kind == "labels" and content.max() >= CLASSES:
        wrong = int(content.max())
        raise DataError(f"{name} holds the label {wrong}; a digit is between 0 and 9.")
    return content


def _bytes(path: Path, expected: IdxFile) -> Bytes:
    """All bytes of the file; of a packed one, no more than a little beyond what belongs there."""
    try:
        raw = np.fromfile(path, dtype=np.uint8)
        if raw[:2].tobytes() != GZIP:
            return raw
        with gzip.open(path) as packed:
            most = len(expected.header) + int(np.prod(expected.shape)) + 2**16
            return np.frombuffer(packed.read(most), dtype=np.uint8)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path.name} is packed (gzip) and damaged: it cannot be unpacked.") from error
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name} cannot be read: {_reason(error)}.") from error


def _shape(raw: Bytes, name: str) -> tuple[int, ...]:
    """The dimensions in the header; DataError when this is not an IDX file of bytes."""
    if len(raw) == 0:
        raise DataError(f"{name} is empty.")
    if len(raw) < 4 or raw[0] or raw[1] or raw[2] != UNSIGNED_BYTE or not 1 <= raw[3] <= 4:
        raise DataError(f"{name} is not an IDX file: its first four bytes are not an IDX header.")
    dimensions = int(raw[3])
    header = raw[4 : 4 + 4 * dimensions]
    if len(header) < 4 * dimensions:
        raise DataError(f"{name} is truncated: it ends within its header.")
    return tuple(int(size) for size in header.view(">u4"))


def _check_kind(shape: tuple[int, ...], expected: IdxFile, name: str) -> None:
    """DataError when the header describes another of the four files, or none of them."""
    if shape == expected.shape:
        return
    for other in FILES:
        if shape == other.shape:
            raise DataError(
                f"{name} holds {other.count:,} {other.kind} where {expected.count:,} {expected.kind}"
                f" belong: it looks swapped with {other.name}."
            )
    kind = KIND_OF_DIMENSIONS.get(len(shape), "entries")
    if kind == expected.kind and shape[1:] == expected.shape[1:]:
        raise DataError(f"{name} holds {shape[0]:,} {kind} where MNIST has {expected.count:,}.")
    found = " × ".join(str(size) for size in shape)
    wanted = " × ".join(str(size) for size in expected.shape)
    raise DataError(f"{name} holds {found} {kind} where MNIST has {wanted} {expected.kind}.")


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or "the system refuses").lower()
