"""The tab Reproduced: a card for every experiment, the stored number in words, and a quick run beside it."""

from pathlib import Path

import pytest
import streamlit as st

from core.recipes.reproduce import REPRODUCTIONS, table
from core.recipes.reproduce.row import Row
from pages.ui.kit.widgets import incremental_work
from pages.ui.runs import reproduced
from pages.ui.runs.reproduced import CODE
from tests.pages.harness import open_part, part_of, text, well

ROW: Row = {
    "id": "cnn-lab",
    "claim": "99.06%",
    "measured": 0.98,
    "unit": "accuracy (fraction)",
    "seeds": [0, 1, 2],
    "seconds": 300.0,
    "holds": False,
    "rule": "at least 98.79%",
    "ci95": [0.975, 0.985],
}


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table of one row."""
    st.cache_resource.clear()
    path = tmp_path / "table.json"
    table.save(ROW, path)
    monkeypatch.setattr(table.read, "__defaults__", (path,))
    monkeypatch.setattr(incremental_work, "alone", lambda: True)  # the harness always draws the whole page
    return path


def test_every_experiment_has_a_card(stored: Path) -> None:
    app = open_part(reproduced.reproduced)
    assert {f"runs_again_{name}" for name in REPRODUCTIONS} <= {button.key for button in app.button}
    said = text(app)
    assert "### 98.00%" in said
    assert "does not hold" in said
    assert "3 seeds" in said
    assert said.count("Not measured at full length yet.") == len(REPRODUCTIONS) - 1


def test_a_quick_run_stands_beside_it(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def slow(name: str, progress: object) -> Row:
        ran.append(name)
        return {**ROW, "id": name, "measured": 0.1234, "holds": None}

    app = open_part(reproduced.reproduced)
    app.button(key="runs_again_gd-demo").click()
    well(app.run())
    well(app.run())
    assert "**7 of 7 printed steps agree** here" in text(app)
    assert "The claim holds" in text(app)
    monkeypatch.setattr(reproduced, "_quick", slow)
    for name in ("cnn-lab", "cnn-bn"):
        app.button(key=f"runs_again_{name}").click()
        well(app.run())
    well(app.run())
    assert ran == ["cnn-lab", "cnn-bn"]
    assert text(app).count("**12.34%** here") == 2
    assert not app.button(key="runs_again_cnn-lab").disabled


def test_the_sentences_follow_from_the_rows(stored: Path) -> None:
    app = open_part(reproduced.reproduced)
    assert f"1 of {len(REPRODUCTIONS)} experiments has been repeated" in text(app)
    assert reproduced.so_far(0, 15).startswith("None of the 15")
    assert reproduced.so_far(15, 15).startswith("All 15")
    curve = {"holds": None, "rule": "undecided: the text gives no curve, so it is a yardstick. More", "seeds": [0]}
    told = reproduced.told_again({**ROW, **curve, "epochs": 100, "ci95": None})
    assert "(100 epochs, 1 seed)" in told
    assert "nor does the full one: the text gives no curve, so it is a yardstick." in told
    small = {**ROW, "holds": None, "rule": "undecided on few images", "epochs": 1, "seeds": [0], "data": "small"}
    assert "(1 epoch, 1 seed, the bundled digits) decides nothing; the full one does." in reproduced.told_again(small)


def test_a_damaged_table_is_a_sentence(stored: Path) -> None:
    stored.write_text("no JSON")
    app = part_of(reproduced.reproduced).run()
    assert not app.exception
    assert "measure again" in app.error[0].value


def test_the_code_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(CODE, {})
    assert "True by the rule" in capsys.readouterr().out
