"""What somebody else wrote does nothing in the place where it is shown."""

import ast
import csv
import io
import json
import re

import pytest
from markdown_it import MarkdownIt

from core.config.errors import DataError
from core.config.escaping import clean, escaped
from core.export.lesson import Lesson
from core.export.row_formats import as_csv

HOSTILE = [
    "![x](http://127.0.0.1:9/p.png)",
    "[click](http://127.0.0.1:9)",
    "<img src=x onerror=alert(1)>",
    "<http://127.0.0.1:9>",
    "http://127.0.0.1:9/p",
    "www.example.org",
    "me@example.org",
    ":material/delete: :red[gone]",
    "# head",
    "- list",
    "1. list",
    "*a* _b_ `c` ~~d~~ $e$",
    "_a b_ __c__ d_e _ f_",
    "x\\",
    '"""; import os; """',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_the_signs_and_nothing_else(text: str) -> None:
    tree = MarkdownIt("commonmark").enable(["strikethrough"]).parse(escaped(text, "page"))
    assert [token.type for token in tree] == ["paragraph_open", "inline", "paragraph_close"]
    assert {child.type for child in tree[1].children or []} <= {"text", "text_special"}
    shown = "".join(child.content for child in tree[1].children or [])
    assert shown.replace("\u2060", "") == text
    bare = r"https?://|www\.|\w@\w"  # what GitHub's Markdown makes links of, wherever it stands
    assert not re.search(bare, shown)


def test_an_ordinary_name_stays_as_it_is() -> None:
    for text in ("run 2026-01-02, best.", "lr=0.1, 64x64", "Über-Netz (2): gut & teuer"):
        assert clean(text) == text
    assert escaped("run 2026-01-02, best: 3.", "page") == "run 2026-01-02, best: 3."
    assert escaped(str(DataError("$a_b$ of LAB_HOME: 'cuda:7'")), "page") == "\\$a_b\\$ of LAB_HOME: 'cuda:7'"


def test_what_cannot_be_seen_goes() -> None:
    assert clean("a\x00b\x1b[31mc\x07\u202ed\ud800e\x9b") == "ab[31mcde"
    assert clean(" a\tb\r\nc\u2028d ") == "a b c d"
    assert clean("👩\u200d👧 ok") == "👩\u200d👧 ok"
    assert clean("x" * 5_000, 80) == "x" * 80


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "＝1", "=cmd|' /C calc'!A0"])
def test_no_cell_is_a_formula(text: str) -> None:
    cell = next(csv.DictReader(io.StringIO(as_csv([{"name": text}]))))["name"]
    assert cell.startswith("'")


def test_csv_keeps_numbers_commas_and_gaps() -> None:
    row = {"a": -0.5, "b": "-0.5", "c": 'x, "y"', "d": None, "e": {"k": [1, float("nan")]}, "f": float("nan")}
    found = next(csv.DictReader(io.StringIO(as_csv([row]))))
    assert (found["a"], found["b"], found["c"], found["d"], found["f"]) == ("-0.5", "-0.5", 'x, "y"', "", "")
    assert json.loads(found["e"]) == {"k": [1, None]}
    assert as_csv([]) == ""


def test_a_terminal_gets_lines_without_controls() -> None:
    assert escaped("a\x1b]0;t\x07\nb\x00", "terminal") == "a]0;t\nb"


@pytest.mark.parametrize("text", [*HOSTILE, "a\x00b", 'x"""\nimport os\n"""', "tail\\"])
def test_an_exported_script_stays_a_script(text: str) -> None:
    tree = ast.parse(Lesson(text, (text,), ()).script)
    assert [type(node) for node in tree.body] == [ast.Expr]


def test_plotly_replaces_nothing_in_a_name() -> None:
    assert escaped("<a href='x'>%{x}</a>", "html") == "&lt;a href=&#x27;x&#x27;&gt;%\u2060{x}&lt;/a&gt;"
