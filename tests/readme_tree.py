"""Write the map of the project into README.md from the first lines of packages: `python -m tests.readme_tree`."""

import ast
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
README = PROJECT / "README.md"
BLOCK = re.compile(r"(<!-- tree -->\n```text\n).*?(```\n<!-- /tree -->)", re.DOTALL)
WIDTH = 24
#: Folders whose own folders have a line each.
OPENED = ("core", "core/lessons", "pages", "pages/ui", "pages/ui/kit")


def says(path: Path) -> str:
    """The first line of a module's docstring."""
    lines = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").splitlines()
    return lines[0].rstrip(".") if lines else ""


def tree() -> str:
    """The rooms of the project: app.py, and a line for each folder that is opened."""
    lines = [f"{'app.py':<{WIDTH}}{says(PROJECT / 'app.py')}"]
    for top in ("core", "pages", "benchmarks"):
        lines += rooms(PROJECT / top)
    return "\n".join(lines) + "\n"


def rooms(folder: Path) -> list[str]:
    """A folder in one line, for which its package's own file speaks, and the lines of what it holds."""
    depth = len(folder.relative_to(PROJECT).parts) - 1
    package = folder / "__init__.py"
    about = says(package) if package.exists() else ""
    lines = [f"{'  ' * depth + folder.name + '/':<{WIDTH}}{about}".rstrip()]
    if folder.relative_to(PROJECT).as_posix() in OPENED:
        for inner in sorted(path for path in folder.iterdir() if path.is_dir() and any(path.rglob("*.py"))):
            lines += rooms(inner)
    return lines


def with_tree(text: str) -> str:
    """README's text with its tree brought up to date."""
    return BLOCK.sub(lambda match: match[1] + tree() + match[2], text)


if __name__ == "__main__":
    README.write_text(with_tree(README.read_text(encoding="utf-8")), encoding="utf-8")
