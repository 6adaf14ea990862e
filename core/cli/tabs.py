"""`python -m core tabs`: what can be seen in the app, tab by tab.

Tabs are declared beside the functions that draw them, in pages/ui/NAME/tabs.py, and lessons in
pages/ui/kit/shell/lessons.py. Both are records of literals: they are read as data here, and nothing of the app is
imported or run.
"""

import argparse
import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.config.errors import LabError
from core.storage.paths import PROJECT

HELP = "list the tabs of all lessons: question, what to see, minutes, level, terms"
LESSONS = PROJECT / "pages" / "ui" / "kit" / "shell" / "lessons.py"


def add(parser: argparse.ArgumentParser) -> None:
    """This verb takes no arguments of its own."""


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """One row a tab, in the order of the lessons."""
    for lesson, tab in lesson_tabs():
        if arguments.json:
            row = {"lesson": lesson, "tab": tab["title"]}
            yield row | {key: tab[key] for key in ("question", "see", "minutes", "level", "terms")}
        else:
            yield {
                "tab": f"{lesson}: {tab['title']}",
                "question": tab["question"],
                "see": tab["see"],
                "takes": f"{tab['minutes']} min, {tab['level']}",
                "terms": ", ".join(tab["terms"]),
            }


def lesson_tabs() -> Iterator[tuple[str, dict[str, Any]]]:
    """(title of the lesson, the tab's fields by name) for every tab. Raises LabError without the app's files."""
    if not LESSONS.is_file():
        raise LabError("Lessons and tabs are listed in the folder pages, and there is none beside core.")
    for lesson in records(LESSONS, "Lesson"):
        declared = PROJECT / "pages" / "ui" / lesson["name"] / "tabs.py"
        if declared.is_file():
            for tab in records(declared, "Tab"):
                yield lesson["title"], tab


def records(file: Path, kind: str) -> Iterator[dict[str, Any]]:
    """The fields of each `kind(...)` in a file, by name, as far as they are literals.

    Fields without a name are those of the class `kind`, which then stands in the same file.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    fields = [
        node.target.id
        for declared in ast.walk(tree)
        if isinstance(declared, ast.ClassDef) and declared.name == kind
        for node in declared.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == kind:
            given = [*zip(fields, node.args, strict=False), *((word.arg, word.value) for word in node.keywords)]
            yield {name: ast.literal_eval(value) for name, value in given if name and not isinstance(value, ast.Name)}
