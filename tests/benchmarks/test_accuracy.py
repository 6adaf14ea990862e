"""What speed costs in accuracy: the comparison counts what it says, and keeps it."""

import json
from pathlib import Path

import pytest

from benchmarks import accuracy
from core.config.errors import ConfigError, LabError
from core.data import load

pytestmark = pytest.mark.usefixtures("bundled_only")


def test_the_interval_is_student_s() -> None:
    mean, low, high = accuracy.interval([1.0, 2.0, 3.0])
    assert mean == 2
    assert (low, high) == pytest.approx((2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5), abs=1e-5)


def test_two_precisions_are_compared_on_the_same_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accuracy, "EPOCHS", {"mlp-autograd": 1})
    row = accuracy.compare("mlp-autograd", load("small"), seeds=3)
    assert 1 < row["fp32"] < 100  # percent, not a share
    assert row["difference"] == pytest.approx(row["bf16"] - row["fp32"])
    assert row["difference_low"] <= row["difference"] <= row["difference_high"]
    assert row["holds"] == (row["difference_low"] >= -0.1)
    with pytest.raises(ConfigError, match="2 seeds"):
        accuracy.compare("mlp-autograd", load("small"), seeds=1)


def test_unknown_recipes_are_refused_before_anything_is_trained() -> None:
    with pytest.raises(ConfigError, match="there are mlp-autograd"):
        next(accuracy.table(["linear-softmax"], load("small"), write=False))


def test_results_are_kept_by_recipe_and_told(tmp_path: Path) -> None:
    path = tmp_path / "accuracy.json"
    assert accuracy.read(path) == []
    row = {
        "recipe": "cnn-bn",
        "epochs": 1,
        "seeds": 8,
        "changed": {"schedule": "cosine"},
        "fp32": 97.9,
        "bf16": 97.95,
        "difference": 0.05,
        "difference_low": -0.02,
        "difference_high": 0.12,
        "holds": True,
    }
    accuracy.keep({**row, "bf16": 0.0}, path)
    accuracy.keep({**row, "recipe": "mlp-deep", "holds": False}, path)
    accuracy.keep(row, path)
    assert [kept["recipe"] for kept in accuracy.read(path)] == ["mlp-deep", "cnn-bn"]
    printed = accuracy.markdown(accuracy.read(path))
    assert "| `cnn-bn`, schedule cosine | 1 | 8 | 97.90% | 97.95% | +0.050 (-0.020 to +0.120) | ✓ |" in printed
    assert printed.count("✗") == 1
    assert accuracy.markdown([]) == ""
    path.write_text(json.dumps([]), encoding="utf-8")
    with pytest.raises(LabError, match="cannot be read"):
        accuracy.read(path)
