"""Each kind of damage to a file of MNIST is named, with the file; usual names and packed files are read."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.config.errors import DataError
from core.data.idx import FILES
from core.data.mnist_folder import raw_folder, read_folder

IMAGES, LABELS, TEST_IMAGES, TEST_LABELS = (file.name for file in FILES)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = raw_folder(tmp_path)
    folder.mkdir(parents=True)
    for file in FILES:  # of zeros, which take no room on the disk
        with (folder / file.name).open("wb") as made:
            made.write(file.header)
            made.truncate(len(file.header) + int(np.prod(file.shape)))
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


def relabel(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"\x0b")


def idx_of(*shape: int) -> bytes:
    return np.array([0x0800 + len(shape), *shape], dtype=">u4").tobytes() + bytes(int(np.prod(shape)))


DAMAGE: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "missing": (TEST_LABELS, Path.unlink, "is missing"),
    "packed and cut": (
        IMAGES,
        lambda path: path.write_bytes(gzip.compress(path.read_bytes(), 1)[:1000]),
        "is packed (gzip) and damaged",
    ),
    "packed, too long": (
        LABELS,
        lambda path: path.write_bytes(gzip.compress(path.read_bytes() + bytes(2**22), 1)),
        "bytes too many",
    ),
    "empty": (LABELS, lambda path: path.write_bytes(b""), "is empty"),
    "truncated": (TEST_IMAGES, lambda path: path.write_bytes(path.read_bytes()[:-1]), "is truncated: 7,840,015"),
    "header only": (TEST_IMAGES, lambda path: path.write_bytes(path.read_bytes()[:9]), "ends within its header"),
    "too long": (LABELS, lambda path: path.write_bytes(path.read_bytes() + b"12"), "2 bytes too many"),
    "not idx": (IMAGES, lambda path: path.write_bytes(b"<html>not found</html>"), "is not an IDX file"),
    "label 11": (TEST_LABELS, relabel, "holds the label 11"),
    "images for labels": (IMAGES, lambda path: swap(path, path.with_name(LABELS)), f"swapped with {LABELS}"),
    "test for train": (IMAGES, lambda path: swap(path, path.with_name(TEST_IMAGES)), f"swapped with {TEST_IMAGES}"),
    "too few": (LABELS, lambda path: path.write_bytes(idx_of(59_999)), "holds 59,999 labels where MNIST has 60,000"),
    "other size": (TEST_IMAGES, lambda path: path.write_bytes(idx_of(10, 32, 32)), "holds 10 × 32 × 32 images"),
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


def dotted(name: str) -> str:
    return name.replace("-idx", ".idx")


def packed(path: Path, name: str) -> None:
    path.with_name(name).write_bytes(gzip.compress(path.read_bytes(), 1))


NAMES: dict[str, Callable[[Path], object]] = {
    "dotted and packed": lambda path: (packed(path, f"{dotted(path.name)}.gz"), path.unlink()),
    "packed without saying so": lambda path: packed(path, path.name),
    "beside an empty folder of its name": lambda path: (path.rename(path.with_name(dotted(path.name))), path.mkdir()),
}


@pytest.mark.parametrize("name", NAMES)
def test_usual_names_and_packed_files_are_read(root: Path, name: str) -> None:
    path = raw_folder(root) / TEST_LABELS
    path.write_bytes(path.read_bytes()[:-1] + b"\x07")
    for file in FILES[2:]:
        NAMES[name](raw_folder(root) / file.name)
    raw = read_folder(root)
    assert raw.test_images.shape == (10_000, 28, 28)
    assert raw.test_labels[-1] == 7


MISPLACED = {
    "two levels too deep": ("MNIST/raw", lambda root: root / "MNIST" / "raw", "goes two levels too deep"),
    "one level too deep": ("MNIST/raw", lambda root: root / "MNIST", "goes one level too deep"),
    "two levels above": ("data/here/MNIST/raw", lambda root: root, "data/here, inside the one named"),
    "one level above": ("data/MNIST/raw", lambda root: root, "data, inside the one named"),
    "loose": (".", lambda root: root, "lie in the folder itself: move them"),
    "elsewhere": ("mnist", lambda root: root, "lie in mnist: move them"),
    "mistyped": ("MNIST/raw", lambda root: root / "MNITS", "no such folder: check how its path is spelled"),
    "a file": ("MNIST/raw", lambda root: root / "MNIST" / "raw" / IMAGES, "a file where a folder belongs"),
    "empty": ("too/far/down/for/that", lambda root: root, "no file of MNIST was found"),
}


@pytest.mark.parametrize("name", MISPLACED)
def test_a_folder_that_is_not_quite_right_is_a_sentence_of_its_own(root: Path, name: str) -> None:
    place, named, sentence = MISPLACED[name]
    lab = root / "lab"
    (lab / place).mkdir(parents=True)
    for file in FILES:
        (raw_folder(root) / file.name).rename(lab / place / file.name)
    with pytest.raises(DataError) as caught:
        read_folder(named(lab))
    assert sentence in str(caught.value)
    assert str(root) not in str(caught.value)
