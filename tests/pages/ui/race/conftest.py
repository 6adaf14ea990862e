"""What the tests of the race begin with: few digits, so that a race takes no time."""

from dataclasses import replace

import pytest

from pages.ui.kit.shell.cache import mnist
from pages.ui.race import the_race


@pytest.fixture
def few_digits(newcomer: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newcomer's server, and 600 of the bundled digits."""
    whole = mnist()
    few = replace(whole, train=whole.train.take(slice(0, 600)), test=whole.test.take(slice(0, 100)))
    monkeypatch.setattr(the_race, "mnist", lambda: few)
