"""The row of `regression-sine`: its rule, its numbers, and that a perfect run does not break it."""

import json

import pytest

from core.__main__ import main
from core.recipes.reproduce import REPRODUCTIONS, regression
from core.recipes.texts import RECIPES
from core.storage.history import History


def test_the_quick_row_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", "--quick", "--json", "--only", "regression-sine"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["id"], row["holds"], row["seeds"]) == ("regression-sine", None, [0])
    assert row["claim"] == RECIPES["regression-sine"].claim
    assert row["measured"] == row["values"][0] > 0
    assert row["below_claim"] is row["below_pass_mark"] is row["last_epoch_below_claim"] is None
    assert row["epochs"] == regression.QUICK_EPOCHS
    assert row["rule"].startswith("undecided")
    assert row["swing"] == [None], "a hundred epochs have no last two hundred"


def test_below_the_claim_and_the_pass_mark_over_several_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seeds of the whole recipe: the median is far below what the text reports."""
    monkeypatch.setattr(regression, "SEEDS", (0, 3))

    def never() -> object:
        raise AssertionError("a curve needs no digits")

    row = REPRODUCTIONS["regression-sine"](False, never)  # type: ignore[arg-type]
    assert row["below_claim"] is True
    assert row["measured"] < regression.CLAIM / 3
    assert row["holds"] is None, "the text leaves curve, interval and network open"
    assert len(row["values"]) == len(row["last_epoch_values"]) == len(row["swing"]) == 2
    assert all(0 < epoch <= 1000 for epoch in row["kept_epochs"])
    json.dumps(row, allow_nan=False)


def test_swing_is_the_ratio_of_the_last_epochs() -> None:
    rows = [{"test_loss": 99.0}] + [{"test_loss": 0.5 + (n == 3)} for n in range(regression.LAST)]
    assert regression.swing(History(epochs=rows)) == 3.0
    assert regression.swing(History(epochs=rows[: regression.LAST])) is None, "shorter than what is told"
    assert regression.swing(History(epochs=[{"test_loss": 0.0}] * 300)) is None
