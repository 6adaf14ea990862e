"""Both sides of an attack's row attack the same images, and without foolbox there is a sentence."""

import sys

import pytest

from benchmarks import attacks
from benchmarks.measure import Setup, measure
from core.data import load

pytestmark = pytest.mark.usefixtures("bundled_only", "few_images")


def test_without_foolbox_the_row_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "foolbox", None)
    for name, row in attacks.ROWS.items():
        found = measure(name, row, Setup(load("small"), quick=True))
        assert "foolbox is not installed" in found["skipped"]
        assert found["ratio"] is None


def test_both_attack_the_same_images_with_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a network that is never too sure for float32, where foolbox's gradients have all their digits."""
    monkeypatch.setattr(attacks, "NETWORK", "linear-softmax")
    monkeypatch.setattr(attacks, "CHUNK", 16)
    digits = load("small").test.take(slice(None, 40))
    mine = attacks.ours(attacks.FGSM, digits)()
    other = attacks.theirs(attacks.foolbox().attacks.FGSM(), attacks.FGSM.budget, digits)()
    assert mine.shape == other.shape
    assert float(((mine - other).abs() < 1e-5).double().mean()) > 0.99
