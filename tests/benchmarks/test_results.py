"""Results are kept a row at a time, and the page made of them says how far to trust each."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import results
from benchmarks.measure import Limit, Row, Setup, Took, measure
from benchmarks.report import markdown
from core.config.errors import LabError
from core.data import load


def result(name: str, load_before: float | None = 0.1, **other: Any) -> results.Result:
    """A measured row as it is kept: ours 1 s on one thread, the baseline 2 s."""
    row = Row("ours", "theirs", 1.5, lambda setup: (lambda: Took(1.0, 1), lambda: Took(2.0, None)))
    found = measure(name, row, Setup(load("small"), quick=False))
    return {**found, **results.circumstances("full", load_before), **other}


def test_a_row_takes_the_place_of_an_older_one_and_rows_that_are_gone_go(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    assert results.read(file) == []
    for name, ratio in (("b", 1.0), ("gone", 1.0), ("a", 1.0)):
        results.keep(result(name, ratio=ratio), ["a", "b", "gone"], file)
    kept = results.keep(result("a", ratio=7.0), ["a", "b"], file)
    assert [(row["name"], row["ratio"]) for row in kept] == [("a", 7.0), ("b", 1.0)]
    assert results.read(file) == kept
    assert list(tmp_path.iterdir()) == [file]


def test_a_kept_row_says_what_it_holds_for(tmp_path: Path) -> None:
    (row,) = results.keep(result("a"), ["a"], tmp_path / "results.json")
    assert {"date", "cores", "processor", "load", "data", "versions", "ratio_low", "extra", "rounds"} <= set(row)
    assert "torch" in row["versions"]


@pytest.mark.parametrize("text", ["no JSON", '{"rows": [{"name": "a"}]}', "[]", '{"rows": [1]}'])
def test_a_damaged_file_is_a_sentence(text: str, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match="measure again"):
        results.keep(result("a"), ["a"], file)
    assert file.read_text(encoding="utf-8") == text


def line(page: str, name: str) -> str:
    return next(one for one in page.splitlines() if one.startswith(f"| `{name}`"))


def test_the_page_shows_numbers_spread_aim_and_whether_it_is_reached() -> None:
    page = markdown([result("a", ratio_low=1.9, ratio_high=2.25), result("b", aim=2.5, reached=False)])
    assert "| 1.00 s | 2.00 s | 1 / ? | **2.00** | 1.90–2.25 | ≥ 1.5 | ✓ | 5 |" in line(page, "a")
    assert "| ≥ 2.5 | ✗ |" in line(page, "b")
    assert "full MNIST" in page
    assert "¹" not in page, "rows that agree bear no mark"


def test_a_limit_stands_beside_what_was_measured() -> None:
    sides = (lambda: Took(1.0, 1, {"p95_ms": 12.34}), lambda: Took(2.0, 1))
    row = Row("ours", "theirs", None, lambda setup: sides, limit=Limit("p95_ms", 15.0), unit="MB")
    found = measure("x", row, Setup(load("small"), quick=False))
    page = markdown([{**found, **results.circumstances("full", None)}])
    assert "| 1.00 MB | 2.00 MB |" in line(page, "x")
    assert "| p95 ms ≤ 15 (**12.3**) | ✓ |" in line(page, "x")


def test_what_was_measured_under_other_conditions_is_marked() -> None:
    here = result("a")
    other = {
        "cores": result("b", cores=64),
        "versions": result("c", versions={**here["versions"], "torch": "9.9"}),
        "load": result("d", load_before=2.5),
        "data": result("e", data="small"),
    }
    page = markdown([here, result("a2"), result("a3", load_before=None), *other.values()])
    for mark, (name, said) in zip(
        "¹²³⁴", (("b", "on 64 cores"), ("c", "torch 9.9"), ("d", "busy (load 2.5"), ("e", "small MNIST")), strict=True
    ):
        assert mark in line(page, name)
        assert next(one for one in page.splitlines() if one.startswith(mark)).find(said) > 0
    for name in ("a", "a2", "a3"):
        assert not set("¹²³⁴") & set(line(page, name))


def test_equal_conditions_share_a_mark() -> None:
    page = markdown([result("a"), result("b"), result("c"), *(result(n, load_before=2.5) for n in "de")])
    assert "¹" in line(page, "d")
    assert "¹" in line(page, "e")
    assert "²" not in page
