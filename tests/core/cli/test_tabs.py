"""`python -m core tabs` and `glossary`: what the app holds, told without the app."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import main
from core.cli import tabs
from core.glossary import GLOSSARY
from core.storage.paths import PROJECT
from pages.ui.all_tabs import ALL_TABS
from pages.ui.kit.shell.lessons import lessons


def rows(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    assert main([*words, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_tabs_are_those_of_the_app(capsys: pytest.CaptureFixture[str]) -> None:
    expected = [
        {
            "lesson": lesson.title,
            "tab": tab.title,
            "question": tab.question,
            "see": tab.see,
            "minutes": tab.minutes,
            "level": tab.level,
            "terms": list(tab.terms),
        }
        for lesson in lessons()
        for tab in ALL_TABS[lesson.name]
    ]
    assert rows(capsys, "tabs") == expected


def test_a_term_comes_with_the_tab_where_it_is_seen_first(capsys: pytest.CaptureFixture[str]) -> None:
    found = rows(capsys, "glossary")
    assert [row["term"] for row in found] == list(GLOSSARY)
    assert {tuple(row) for row in found} == {("term", "zh", "definition", "lesson", "tab", "formula", "pytorch")}
    first: dict[str, tuple[str, str]] = {}
    for lesson in lessons():
        for tab in ALL_TABS[lesson.name]:
            for name in tab.terms:
                first.setdefault(name, (lesson.title, tab.title))
    assert {row["term"]: (row["lesson"], row["tab"]) for row in found} == first


@pytest.mark.parametrize(("search", "term"), [("混淆矩阵", "confusion matrix"), ("nn.Linear", "fully connected layer")])
def test_a_search_finds_a_term_by_any_of_its_names(capsys: pytest.CaptureFixture[str], search: str, term: str) -> None:
    assert [row["term"] for row in rows(capsys, "glossary", search)] == [term]
    assert main(["glossary", search]) == 0
    assert capsys.readouterr().out.startswith(f"{term} ({GLOSSARY[term].zh})\n  definition: ")


def test_without_json_people_can_read_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tabs"]) == 0
    text = capsys.readouterr().out
    assert "Data Explorer: Browse\n  question: In how many ways do people write the same digit?\n" in text


def test_what_is_not_there_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert main(["glossary", "no such word"]) == 2
    assert capsys.readouterr().err == "No term is called 'no such word'.\n"
    monkeypatch.setattr(tabs, "LESSONS", tmp_path / "none.py")
    assert main(["tabs"]) == 2
    assert "none beside core" in capsys.readouterr().err


def test_nothing_of_the_app_is_imported_for_it() -> None:
    asked = "import sys; from core.__main__ import main; main(['tabs', '--json']); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, cwd=PROJECT, check=True)
    loaded = done.stdout.splitlines()[-1]
    assert "'core.cli.tabs'" in loaded
    assert "'streamlit'" not in loaded
    assert "'pages" not in loaded
