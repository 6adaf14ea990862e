"""Write the tree of files into README.md from the first line of each file: `python -m tests.readme_tree`."""

import ast
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
README = PROJECT / "README.md"
BLOCK = re.compile(r"(<!-- tree -->\n```text\n).*?(```\n<!-- /tree -->)", re.DOTALL)
WIDTH = 34


def says(path: Path) -> str:
    """The first line of a module's docstring, without what the tree shows already."""
    lines = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").splitlines()
    return lines[0].rstrip(".") if lines else ""


def tree() -> str:
    """app.py, core/, pages/ and benchmarks/, a line for each file."""
    lines = [f"{'app.py':<{WIDTH}}{says(PROJECT / 'app.py')}"]
    for top in ("core", "pages", "benchmarks"):
        lines += branch(PROJECT / top, 0)
    return "\n".join(lines) + "\n"


def branch(folder: Path, depth: int) -> list[str]:
    """A folder with its files first, then its folders; a package's own file speaks for the folder."""
    package = folder / "__init__.py"
    about = says(package) if package.exists() else ""
    lines = [f"{'  ' * depth + folder.name + '/':<{WIDTH}}{about}".rstrip()]
    files = sorted(set(folder.glob("*.py")) - {package})
    lines += [f"{'  ' * (depth + 1) + path.name:<{WIDTH}}{says(path)}" for path in files]
    for inner in sorted(path for path in folder.iterdir() if path.is_dir() and any(path.rglob("*.py"))):
        lines += branch(inner, depth + 1)
    return lines


def with_tree(text: str) -> str:
    """README's text with its tree brought up to date."""
    return BLOCK.sub(lambda match: match[1] + tree() + match[2], text)


if __name__ == "__main__":
    README.write_text(with_tree(README.read_text(encoding="utf-8")), encoding="utf-8")
