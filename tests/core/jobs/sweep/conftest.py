"""A small sweep on few digits, and a home of its own."""

from pathlib import Path

import pytest

from core.data.fingerprint import fingerprint
from core.jobs.sweep.ledger import Ledger, begin
from core.jobs.sweep.plan import SweepPlan
from core.jobs.sweep.trial import material
from core.recipes.texts import RECIPES

BASE = RECIPES["linear-softmax"].config.with_settings({"epochs": 1})


@pytest.fixture(autouse=True)
def home(own_home: Path) -> Path:
    return own_home


@pytest.fixture
def ledger() -> Ledger:
    """Four trials of a linear network on the bundled digits."""
    plan = SweepPlan(BASE, {"lr": (0.05, 0.2), "batch_size": (64, 256)})
    return begin(plan, "small", fingerprint(material(BASE, "small")))
