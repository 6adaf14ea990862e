"""Whatever a person reads, one way of writing numbers: that of core/formatting.py."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.source_strings import PROJECT, nodes, sources, strings

SOURCES = sources("core", "pages", "benchmarks")


def values(path: Path) -> Iterator[ast.FormattedValue]:
    """Every value that an f-string of the file writes."""
    yield from (node for node in nodes(path) if isinstance(node, ast.FormattedValue))


#: Not for people: a string as it begins, and what it is.
NOT_SHOWN = {"{}%": "the pattern of an SQL LIKE", "A {}, B {}": "two networks' names"}


def offending(pattern: str) -> list[str]:
    rx = re.compile(pattern)
    return [
        f"{path.relative_to(PROJECT)}:{line} {text[:60]!r}"
        for path in SOURCES
        for line, text in strings(path)
        if text not in NOT_SHOWN and rx.search(text)
    ]


def test_a_percent_sign_follows_its_number_at_once() -> None:
    assert not offending(r"[\d}*]\s%(?! ?\d|[\w{(])")


def test_the_readme_and_the_results_write_percent_alike() -> None:
    for path in (PROJECT / "README.md", *(PROJECT / "docs").glob("*.md"), *(PROJECT / "benchmarks").glob("*.md")):
        assert not re.findall(r".{30}\d\s%(?!\d)", path.read_text(encoding="utf-8")), path.name


FORMATTING = PROJECT / "core" / "formatting.py"


def test_percentages_and_powers_of_ten_are_written_in_one_place() -> None:
    """`{share:.1%}` makes 99.98% to 100.0%, and `{loss:.2e}` is a calculator's: core.formatting has both."""
    found = [
        f"{path.relative_to(PROJECT)}:{node.lineno} {ast.unparse(node.value)}"
        for path in SOURCES
        if path != FORMATTING
        for node in values(path)
        if node.format_spec is not None and re.search(r"\d[%e]'?$", ast.unparse(node.format_spec).strip("\"'f"))
    ]
    assert not found


def test_plotly_writes_shares_with_two_decimals_or_as_round_marks() -> None:
    """It formats in the browser, where 99.98% must not become 100.0% either."""
    assert not offending(r"%\{+[a-z]+(\[\d\])?:\.[13]%")


def test_nothing_grows_by_a_fold() -> None:
    assert not offending(r"\{\}-fold|\d-fold")


def test_articles_follow_the_sound_of_what_is_written_after_them() -> None:
    assert not offending(r"\b[Aa]n? (\*\*|“)?\{\}")


def test_plurals_are_not_spelled_by_hand() -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for path in SOURCES
        for node in values(path)
        if isinstance(node.value, ast.IfExp)
        and {"s", ""} == {part.value for part in (node.value.body, node.value.orelse) if isinstance(part, ast.Constant)}
    ]
    assert not found
