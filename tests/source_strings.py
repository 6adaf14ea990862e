"""What the source code writes: its string constants, as the tests of words and of numbers read them."""

import ast
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def sources(*folders: str) -> list[Path]:
    """app.py and every Python file of these folders, in order."""
    return [PROJECT / "app.py", *(path for folder in folders for path in sorted((PROJECT / folder).rglob("*.py")))]


@cache
def nodes(path: Path) -> list[ast.AST]:
    """The syntax tree of a file, flat."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def strings(path: Path, *, without: frozenset[int] = frozenset()) -> list[tuple[int, str]]:
    """Every string constant of the file with its line; in an f-string, "{}" stands for each value.

    without: ids of nodes that are not wanted, such as `docstrings`.
    """
    found = nodes(path)
    inner = {id(part) for node in found if isinstance(node, ast.JoinedStr) for part in node.values}
    specs = [node.format_spec for node in found if isinstance(node, ast.FormattedValue) and node.format_spec]
    hidden = without | inner | {id(part) for spec in specs for part in ast.walk(spec)}
    texts = list[tuple[int, str]]()
    for node in found:
        if id(node) in hidden:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
            texts.append((node.lineno, "".join(str(part) for part in parts)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.append((node.lineno, node.value))
    return texts


def docstrings(path: Path) -> frozenset[int]:
    """The ids of the nodes that are docstrings."""
    return frozenset(
        id(node.body[0].value)
        for node in nodes(path)
        if isinstance(node, _DOCUMENTED) and node.body and isinstance(node.body[0], ast.Expr)
    )
