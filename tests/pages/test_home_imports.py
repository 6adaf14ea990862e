"""What Home does without, so that it stands soon after the server starts."""

import ast
import subprocess
import sys

from core.data import load
from core.home import PROJECT
from tests.pages.harness import APP

DEAR = {
    "sympy",
    "torchvision",
    "sklearn",
    "scipy",
    "mlxtend",
    "matplotlib",
    "wordfreq",
    "distributed",
    "skimage",
}

HOME = (
    f"from streamlit.testing.v1 import AppTest\napp = AppTest.from_file({APP!r}, default_timeout=120).run()\n"
)


def loaded_by(code: str) -> set[str]:
    """The packages that are there in a fresh process once it has run `code`."""
    told = "\nimport sys; print(' '.join({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code + told], capture_output=True, text=True, cwd=PROJECT, check=True
    )
    return set(done.stdout.split())


def test_home_is_drawn_without_what_only_lessons_need() -> None:
    load("small")  # read from the package once; every later start finds the copy
    loaded = loaded_by(HOME + "assert any(text.value.startswith('### It reads a') for text in app.markdown)")
    assert "torch" in loaded
    assert not DEAR & loaded


def test_a_score_is_shown_without_scipy() -> None:
    """Two lessons show one at once, and importing SciPy would be half a second of waiting."""
    pages = [str(PROJECT / "pages" / name) for name in ("2_MLP_Autograd.py", "5_Optimizer_Race.py")]
    opened = "".join(f"app.switch_page({page!r}).run()\nassert not app.exception\n" for page in pages)
    assert "scipy" not in loaded_by(HOME + opened)


def test_the_title_does_not_wait_for_pytorch() -> None:
    tree = ast.parse((PROJECT / "app.py").read_text(encoding="utf-8"))
    head = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert any("pages.ui.page" in line for line in head)
    assert "torch" not in loaded_by("\n".join(head))
