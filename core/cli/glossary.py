"""`python -m core glossary`: the field's terms, in English and Chinese."""

import argparse
from collections.abc import Iterator
from typing import Any

from core.cli.tabs import lesson_tabs
from core.config.errors import NotFound
from core.config.escaping import clean
from core.glossary import found

HELP = "explain the field's terms: English, Chinese, definition, formula, PyTorch's name"


def add(parser: argparse.ArgumentParser) -> None:
    """[SEARCH]"""
    parser.add_argument("search", nargs="*", help="words of a term: English, Chinese or PyTorch's name for it")


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """One row a term, with the tab where it is seen first. Raises NotFound if a search finds none."""
    search = " ".join(arguments.search)
    terms = found(search)
    if not terms:
        raise NotFound(f"No term is called {clean(search, 60)!r}.")
    first: dict[str, tuple[str, str]] = {}
    for lesson, tab in lesson_tabs():
        for name in tab["terms"]:
            first.setdefault(name, (lesson, tab["title"]))
    for term in terms:
        lesson, seen_on = first[term.name]
        row = {"term": term.name, "zh": term.zh, "definition": term.definition}
        if arguments.json:
            yield row | {"lesson": lesson, "tab": seen_on, "formula": term.formula, "pytorch": term.pytorch}
        else:
            yield {
                "term": f"{term.name} ({term.zh})",
                "definition": term.definition,
                "formula": term.formula or None,
                "pytorch": term.pytorch or None,
                "seen on": f"{lesson}: {seen_on}",
            }
