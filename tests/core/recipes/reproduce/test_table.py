"""The table of reproductions: stored row by row, in words, and the one in docs is the stored one."""

import json
from pathlib import Path

import pytest

from core.__main__ import main
from core.config.errors import LabError
from core.recipes.reproduce import REPRODUCTIONS, table
from core.recipes.reproduce.row import Row
from core.recipes.texts import RECIPES
from tests.readme_reproduced import BLOCK, TABLE, with_table

ROW: Row = {
    "id": "cnn-lab",
    "claim": "99.06% | on the last 5,000",
    "measured": 0.98912,
    "unit": "accuracy (fraction)",
    "seeds": [0, 1, 2],
    "seconds": 300.0,
    "holds": True,
    "rule": "at least 98.79%",
    "ci95": [0.985, 0.993],
}


def test_docs_show_the_stored_table() -> None:
    text = TABLE.read_text(encoding="utf-8")
    assert BLOCK.search(text)
    assert with_table(text) == text, "the table is out of date: run python -m tests.readme_reproduced"


def test_what_is_stored_is_known_and_whole() -> None:
    stored = table.read()
    assert set(stored) <= set(REPRODUCTIONS)
    for name, row in stored.items():
        assert row["claim"] == RECIPES[name].claim, "the text's words changed"
        assert row.get("data", "full") in ("full", "words"), "measured on the whole MNIST"


def test_rows_are_kept_one_by_one_in_order(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "table.json"
    table.save(ROW, path, ["gd-demo", "cnn-lab"])
    table.save({**ROW, "id": "gd-demo", "holds": False}, path, ["gd-demo", "cnn-lab"])
    table.save({**ROW, "measured": 0.5}, path, ["gd-demo", "cnn-lab"])
    rows = table.read(path)
    assert list(rows) == ["gd-demo", "cnn-lab"]
    assert rows["cnn-lab"]["measured"] == 0.5
    assert "PyTorch" in rows["cnn-lab"]["machine"]
    assert len(rows["cnn-lab"]["date"]) == 10
    assert [entry.name for entry in path.parent.iterdir()] == ["table.json"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rows": [1]}', '{"rows": [{"id": "a"}]}', '{"rows": null}'])
def test_a_damaged_file_is_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "table.json"
    path.write_text(text)
    with pytest.raises(LabError, match="measure again"):
        table.read(path)


def test_in_words() -> None:
    assert table.measured_words(ROW) == "98.91%"
    assert table.interval_words(ROW) == "98.50% to 99.30%"
    assert table.seeds_words(ROW) == "3 seeds"
    demo = REPRODUCTIONS["gd-demo"](True, lambda: pytest.fail("no digits"))
    assert table.measured_words(demo) == "7 of 7 printed steps agree"
    assert table.seeds_words(demo) == ""
    ratio = {**ROW, "measured": 34.56, "unit": "SGD's loss ÷ Adam's", "ci95": None}
    assert (table.measured_words(ratio), table.interval_words(ratio)) == ("34.6×", "")
    assert table.measured_words({**ratio, "measured": None}) == "nothing: a run diverged"
    for value, said in ((0.000313, "0.000313"), (0.0000159, "0.0000159"), (0.5, "0.500"), (12.3456, "12.3")):
        assert table.measured_words({**ROW, "measured": value, "unit": "mean squared error"}) == said


def test_a_yardstick_says_on_which_side_the_measured_number_lies() -> None:
    loss = {**ROW, "below_claim": True, "below_pass_mark": True}
    assert table.yardstick_words(loss).endswith("below the claimed 0.000313 and below the pass mark 0.02")
    half = table.yardstick_words({**loss, "below_claim": False})
    assert half.endswith("not below the claimed 0.000313 but below the pass mark 0.02")
    assert table.yardstick_words({**ROW, "reaches": False}).endswith("does not reach the claimed 88.20%")
    assert table.yardstick_words({**ROW, "reaches": None, "below_claim": None}) == ""
    assert "As a yardstick: it lies below" in table.markdown({"cnn-lab": table.stamped(loss)})


def test_markdown_has_a_row_each_with_its_rule() -> None:
    rows = {"cnn-lab": table.stamped(ROW)}
    text = table.markdown(rows)
    line = next(line for line in text.splitlines() if line.startswith("| `cnn-lab`"))
    assert line.count(" | ") == 6, "a bar in a claim must not end its cell"
    assert "**98.91%** | 98.50% to 99.30% | 3 | holds" in line
    assert "- `cnn-lab`: accuracy (fraction). Rule: at least 98.79%." in text
    assert "5 min" in text
    assert "Nothing is measured yet" in table.markdown({})


def test_the_command_keeps_only_whole_experiments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "table.json"
    words = ["reproduce", "--only", "gd-demo", "--save", str(path)]
    assert main([*words, "--quick"]) == 2
    assert "without --quick" in capsys.readouterr().err
    monkeypatch.delenv("MNIST_ROOT", raising=False)
    assert main(words) == 2
    assert "whole MNIST" in capsys.readouterr().err
    assert not path.exists()


@pytest.mark.full
def test_the_command_keeps_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "table.json"
    assert main(["reproduce", "--only", "gd-demo", "--save", str(path), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    (kept,) = table.read(path).values()
    assert {**printed, "date": kept["date"], "machine": kept["machine"]} == kept
