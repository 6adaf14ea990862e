"""`reproduce --only optimizer-race-image`: its row, and that a race that shows otherwise says otherwise."""

import json
import math
from dataclasses import replace

import pytest

from core.__main__ import main
from core.lessons.race.imagenet.config import ImageRaceConfig
from core.recipes.reproduce import image
from core.recipes.reproduce.image import image_race


def test_the_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "QUICK_ITERATIONS", 10)
    assert main(["reproduce", "--quick", "--json", "--only", "optimizer-race-image"]) == 0
    shown = capsys.readouterr()
    (row,) = (json.loads(line) for line in shown.out.splitlines())
    assert row["id"] == "optimizer-race-image"
    assert set(row["losses"]) == {"sgd", "rmsprop", "adam"}
    assert row["measured"] == row["losses"]["sgd"] / max(row["losses"]["rmsprop"], row["losses"]["adam"])
    assert (row["holds"], row["iterations"], list(row["photos"])) == (None, 10, ["china"])


def test_at_a_rate_where_nobody_moves_the_claim_does_not_hold() -> None:
    config = replace(ImageRaceConfig(), photos=("chelsea",), lr=1e-7, iterations=10)
    assert image_race(config)["holds"] is False


def test_losses_that_are_no_numbers_become_null(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "mean_losses", lambda races: {"sgd": 1.0, "rmsprop": math.nan, "adam": 0.1})
    row = image_race(replace(ImageRaceConfig(), photos=("chelsea",), iterations=10))
    assert row["losses"] == {"sgd": 1.0, "rmsprop": None, "adam": 0.1}
    assert (row["measured"], row["holds"]) == (None, False)
