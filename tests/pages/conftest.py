"""What the tests of pages begin with: a server that has just started, the bundled digits, no waiting."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner

from core.data import Mnist, load
from pages.ui.kit.shell.cache import mnist as shown_digits
from pages.ui.kit.shell.cache import registry, run_store
from pages.ui.kit.widgets import incremental_work

# Every AppTest looks through all installed packages for components, which takes longer than most parts of a
# page take to draw: here it is done once.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True)
def main_stays() -> Iterator[None]:
    """A page runs as `__main__` and stays there; the processes that later tests start would import it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture
def newcomer(bundled_only: None) -> Iterator[None]:
    """A server that has just started, whose jobs end with the test."""
    for cached in (shown_digits, registry, run_store):
        cached.clear()
    yield
    registry().close()
    registry.clear()


@pytest.fixture
def nothing_on_record(bundled_only: None, own_home: Path) -> Iterator[None]:
    """A newcomer's server with a home of its own, where no run is on record yet."""
    for held in (shown_digits, registry, run_store):
        held.clear()
    yield
    registry().close()
    registry.clear()
    run_store.clear()


@pytest.fixture
def few_digits(newcomer: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A newcomer's server with a tenth of the training digits: for runs that need not get far."""
    whole = load("small")
    few = replace(whole, train=whole.train.take(slice(0, 400)))
    monkeypatch.setattr("core.data.load", lambda size="auto": few)
    yield
    shown_digits.clear()


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    """The bundled digits."""
    return load("small")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work of many pieces goes on as in a browser that ticks, and is done between two drawings."""
    monkeypatch.setattr(incremental_work, "alone", lambda: True)
    monkeypatch.setattr(incremental_work, "SLICE", 60.0)
