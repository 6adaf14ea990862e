"""Whatever a person reads, one way of writing numbers: that of core/formatting.py."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = [
    PROJECT / "app.py",
    *(
        path
        for folder in ("core", "pages", "benchmarks")
        for path in sorted((PROJECT / folder).rglob("*.py"))
    ),
]


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Every string constant of the file with its line; in an f-string, "{}" stands for each value."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    inner = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
            yield node.lineno, "".join(str(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.lineno, node.value


#: Not for people: a string as it begins, and what it is.
NOT_SHOWN = {"{} %": "the pattern of an SQL LIKE"}


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
    for path in (
        PROJECT / "README.md",
        PROJECT / "benchmarks" / "RESULTS.md",
        PROJECT / "benchmarks" / "NOTES.md",
    ):
        assert not re.findall(r".{30}\d\s%(?!\d)", path.read_text(encoding="utf-8")), path.name
