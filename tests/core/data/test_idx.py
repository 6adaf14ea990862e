"""Each kind of damage to a file of MNIST is named, with the file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.data.idx import FILES, raw_folder, read_folder
from core.errors import DataError

IMAGES, LABELS, TEST_IMAGES, TEST_LABELS = (file.name for file in FILES)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = raw_folder(tmp_path)
    folder.mkdir(parents=True)
    for file in FILES:
        header = np.array([0x0800 + len(file.shape), *file.shape], dtype=">u4").tobytes()
        (folder / file.name).write_bytes(header + bytes(int(np.prod(file.shape))))
    return tmp_path


def test_sound_files_are_read(root: Path) -> None:
    raw = read_folder(root)
    assert raw.train_images.shape == (60_000, 28, 28)
    assert raw.test_labels.shape == (10_000,)
    assert raw.test_labels.dtype == np.uint8


def swap(one: Path, other: Path) -> None:
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def pack(path: Path) -> None:
    path.rename(path.with_name(path.name + ".gz"))


def relabel(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"\x0b")


def idx_of(*shape: int) -> bytes:
    return np.array([0x0800 + len(shape), *shape], dtype=">u4").tobytes() + bytes(int(np.prod(shape)))


DAMAGE: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "missing": (TEST_LABELS, Path.unlink, "is missing"),
    "packed": (IMAGES, pack, "only its packed .gz is there"),
    "still gzip": (IMAGES, lambda path: path.write_bytes(b"\x1f\x8b\x08\x00"), "still packed"),
    "empty": (LABELS, lambda path: path.write_bytes(b""), "is empty"),
    "truncated": (
        TEST_IMAGES,
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        "is truncated: 7,840,015",
    ),
    "header only": (
        TEST_IMAGES,
        lambda path: path.write_bytes(path.read_bytes()[:9]),
        "ends within its header",
    ),
    "too long": (LABELS, lambda path: path.write_bytes(path.read_bytes() + b"12"), "2 bytes too many"),
    "not idx": (IMAGES, lambda path: path.write_bytes(b"<html>not found</html>"), "is not an IDX file"),
    "label 11": (TEST_LABELS, relabel, "holds the label 11"),
    "images for labels": (IMAGES, lambda path: swap(path, path.with_name(LABELS)), f"swapped with {LABELS}"),
    "test for train": (
        IMAGES,
        lambda path: swap(path, path.with_name(TEST_IMAGES)),
        f"swapped with {TEST_IMAGES}",
    ),
    "too few": (
        LABELS,
        lambda path: path.write_bytes(idx_of(59_999)),
        "holds 59,999 labels where MNIST has 60,000",
    ),
    "other size": (
        TEST_IMAGES,
        lambda path: path.write_bytes(idx_of(10, 32, 32)),
        "holds 10 × 32 × 32 images",
    ),
    "a folder": (LABELS, lambda path: (path.unlink(), path.mkdir()), "cannot be read"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named(root: Path, name: str) -> None:
    file, damage, sentence = DAMAGE[name]
    damage(raw_folder(root) / file)
    with pytest.raises(DataError) as caught:
        read_folder(root)
    assert file in str(caught.value)
    assert sentence in str(caught.value)
    assert str(root) not in str(caught.value)
