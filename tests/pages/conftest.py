"""What the tests of pages begin with: a server that has just started, the bundled digits, no waiting."""

from collections.abc import Iterator

import pytest

from core.data import Mnist, load
from pages.ui import piecework
from pages.ui.cache import mnist as shown_digits
from pages.ui.cache import registry, run_store


@pytest.fixture
def newcomer(bundled_only: None) -> Iterator[None]:
    """A server that has just started, whose jobs end with the test."""
    for cached in (shown_digits, registry, run_store):
        cached.clear()
    yield
    registry().close()
    registry.clear()


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    """The bundled digits."""
    return load("small")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work of many pieces goes on as in a browser that ticks, and is done between two drawings."""
    monkeypatch.setattr(piecework, "alone", lambda: True)
    monkeypatch.setattr(piecework, "SLICE", 60.0)
