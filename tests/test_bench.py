"""`python -m core bench`: which rows run, what is printed, and what is kept."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import benchmarks
from benchmarks import results
from benchmarks.measure import Row, Setup, Timed, Took
from core.__main__ import main
from core.config.errors import LabError

pytestmark = pytest.mark.usefixtures("bundled_only")


def _missing(setup: Setup) -> tuple[Timed, Timed]:
    raise LabError("There is no such library.")


QUICK = Row("ours", "theirs", 1.0, lambda setup: (lambda: Took(1.0, 1, {"p95_ms": 3.0}), lambda: Took(2.0, 1)))
ROWS = {
    "quick": QUICK,
    "slow": replace(QUICK, quick=False),
    "many/a": QUICK,
    "many/b": QUICK,
    "missing": replace(QUICK, prepare=_missing),
}


@pytest.fixture(autouse=True)
def few_rows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Rows that take no time, and a file of results of the test's own."""
    monkeypatch.setattr(benchmarks, "ROWS", ROWS)
    monkeypatch.setattr(results, "STORED", tmp_path / "results.json")
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[dict[str, dict[str, object]], str]:
    """The rows of `bench --json` by name, and what went to stderr."""
    assert main(["bench", "--json", *words]) == 0
    out, said = capsys.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    return {row["name"]: row for row in rows}, said


def test_a_row_a_name_with_its_extra_numbers_among_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    rows, _ = printed(capsys, "--only", "many", "quick")
    assert list(rows) == ["quick", "many/a", "many/b"]
    for row in rows.values():
        assert row["ratio"] == row["baseline_seconds"] / row["seconds"] == 2.0
        assert row["p95_ms"] == 3.0
        assert {"load", "baseline", "data", "threads", "baseline_threads", "unit", "cores"} <= set(row)
    assert main(["bench", "--only", "nothing"]) == 2


def test_a_quick_run_names_what_it_leaves_out_and_measures_it_where_asked(capsys: pytest.CaptureFixture[str]) -> None:
    rows, said = printed(capsys, "--quick")
    assert "slow" not in rows
    assert "A quick run leaves out slow;" in said
    assert "slow" in printed(capsys, "--quick", "--only", "slow")[0]
    assert "slow" in printed(capsys)[0]


def test_what_cannot_be_measured_is_a_sentence_and_no_failure(
    capsys: pytest.CaptureFixture[str], few_rows: Path
) -> None:
    rows, said = printed(capsys, "--only", "missing", "--write")
    assert rows["missing"]["skipped"] == "There is no such library."
    assert "missing is left out: There is no such library." in said
    assert not list(few_rows.iterdir())


def test_results_are_kept_in_pieces(capsys: pytest.CaptureFixture[str], few_rows: Path) -> None:
    printed(capsys, "--write", "--only", "many")
    printed(capsys, "--write", "--only", "quick")
    assert [row["name"] for row in results.read(results.STORED)] == ["quick", "many/a", "many/b"]
    page = (few_rows / "RESULTS.md").read_text(encoding="utf-8")
    assert all(f"| `{name}`" in page for name in ("quick", "many/a", "many/b"))


def test_quick_results_are_not_kept(capsys: pytest.CaptureFixture[str], few_rows: Path) -> None:
    assert main(["bench", "--write", "--quick"]) == 2
    assert "without --quick" in capsys.readouterr().err
    assert not list(few_rows.iterdir())
