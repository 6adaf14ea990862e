"""Write the map of the project into README.md from each file's first line: `python -m tests.readme_tree`."""

import ast
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
README = PROJECT / "README.md"
BLOCK = re.compile(r"(<!-- tree -->\n```text\n).*?(```\n<!-- /tree -->)", re.DOTALL)
WIDTH = 28


def says(path: Path) -> str:
    """The first line of a module's docstring, without what the tree shows already."""
    lines = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").splitlines()
    return lines[0].rstrip(".") if lines else ""


def tree() -> str:
    """app.py, core/, pages/ and benchmarks/: a line for each of their files and for each folder in them."""
    lines = [f"{'app.py':<{WIDTH}}{says(PROJECT / 'app.py')}"]
    for top in ("core", "pages", "benchmarks"):
        folder = PROJECT / top
        lines.append(line(folder, 0))
        package = folder / "__init__.py"
        files = sorted(set(folder.glob("*.py")) - {package})
        lines += [f"{'  ' + path.name:<{WIDTH}}{says(path)}" for path in files]
        lines += [line(inner, 1) for inner in inside(folder)]
        if top == "pages":
            lines += [line(inner, 2) for inner in inside(folder / "ui")]
    return "\n".join(lines) + "\n"


def inside(folder: Path) -> list[Path]:
    """The folders in a folder that hold Python."""
    return sorted(path for path in folder.iterdir() if path.is_dir() and any(path.rglob("*.py")))


def line(folder: Path, depth: int) -> str:
    """A folder in one line; its package's own file speaks for it."""
    package = folder / "__init__.py"
    about = says(package) if package.exists() else ""
    return f"{'  ' * depth + folder.name + '/':<{WIDTH}}{about}".rstrip()


def with_tree(text: str) -> str:
    """README's text with its tree brought up to date."""
    return BLOCK.sub(lambda match: match[1] + tree() + match[2], text)


if __name__ == "__main__":
    README.write_text(with_tree(README.read_text(encoding="utf-8")), encoding="utf-8")
