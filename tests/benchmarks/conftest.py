"""A benchmark's row in a test: a few images instead of an epoch."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from benchmarks import attacks, jobs, roofline, scoring, sharing, training


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """How fast Digit Lab is changes seldom, and its rows take long even when they measure little."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.long)


@pytest.fixture
def few_images(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Quick rows see a few images, one drawing and small matrices; the number of threads is put back."""
    for module in (training, jobs, roofline, sharing):
        monkeypatch.setattr(module, "QUICK", 256)
    monkeypatch.setattr(scoring, "DRAWINGS", 1)
    monkeypatch.setattr(roofline, "SIDE", 128)
    monkeypatch.setattr(attacks, "QUICK", 250)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)
