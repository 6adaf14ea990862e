"""What Home does without, so that it stands soon after the server starts."""

import ast
import subprocess
import sys

from core.data import load
from core.storage.paths import PROJECT
from tests.pages.harness import APP

DEAR = {"sympy", "torchvision", "sklearn", "scipy", "mlxtend", "matplotlib", "wordfreq", "distributed", "skimage"}

HOME = f"from streamlit.testing.v1 import AppTest\napp = AppTest.from_file({APP!r}, default_timeout=120).run()\n"


TOLD = "\nimport sys; print(' '.join({name.split('.')[0] for name in sys.modules}))\n"


def loaded_by(*code: str) -> list[set[str]]:
    """The packages that are there in a fresh process once it has run each of these, one after another."""
    done = subprocess.run(
        [sys.executable, "-c", "".join(part + TOLD for part in code)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=True,
    )
    return [set(line.split()) for line in done.stdout.splitlines()]


def test_home_is_drawn_without_what_only_lessons_need_and_a_score_without_scipy() -> None:
    """Two lessons show a score at once, and importing SciPy would be half a second of waiting."""
    load("small")  # read from the package once; every later start finds the copy
    home = HOME + "assert any(text.value.startswith('### Prediction: ') for text in app.markdown)"
    pages = [str(PROJECT / "pages" / name) for name in ("2_MLP_Autograd.py", "5_Optimizer_Race.py")]
    opened = "".join(f"app.switch_page({page!r}).run()\nassert not app.exception\n" for page in pages)
    at_home, in_lessons = loaded_by(home, opened)
    assert "torch" in at_home
    assert not DEAR & at_home
    assert "scipy" not in in_lessons


def test_the_title_does_not_wait_for_pytorch() -> None:
    tree = ast.parse((PROJECT / "app.py").read_text(encoding="utf-8"))
    head = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert any("pages.ui.kit.shell.page" in line for line in head)
    (loaded,) = loaded_by("\n".join(head))
    assert "torch" not in loaded
