"""Who may import whom, and how long a file may be. The code's shape is a promise to its readers."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from pages.ui.kit.shell.lessons import lessons

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = sorted([PROJECT / "app.py", *(PROJECT / "core").rglob("*.py"), *(PROJECT / "pages").rglob("*.py")])


def name(path: Path) -> str:
    """core/data/idx.py -> core.data.idx"""
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


parsed = cache(ast.parse)


@cache
def imports(path: Path) -> set[str]:
    """Every module the file imports anywhere, inside functions too; `from a import b` counts as a and a.b.

    Imports for the type checker alone (`if TYPE_CHECKING:`) are left out: they never run.
    """
    tree = parsed(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: say the whole name instead of a relative import"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def breaks(inside: str, forbidden: tuple[str, ...], allowed: tuple[str, ...] = ()) -> list[str]:
    """Imports from `forbidden` packages by modules in package `inside`, as "importer -> imported".

    Modules named in `allowed` may import anything and be imported.
    """
    return [
        f"{name(path)} -> {module}"
        for path in SOURCES
        if _within(name(path), (inside,)) and not _within(name(path), allowed)
        for module in sorted(imports(path))
        if _within(module, forbidden) and not _within(module, allowed)
    ]


def _within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def test_files_are_short_and_say_what_they_are() -> None:
    texts = {name(path): path.read_text(encoding="utf-8") for path in SOURCES}
    assert not [module for module, text in texts.items() if len(text.splitlines()) > 400]
    silent = [module for module, text in texts.items() if text.strip() and not ast.get_docstring(parsed(text))]
    assert not silent, "a module begins with what it is about"


TRAINING, MODELS, LOOKING = (
    ("core.training",),
    ("core.models",),
    ("core.attacks", "core.models.inspect", "core.charts"),
)
NOT_ARRAYS = (
    *TRAINING,
    *MODELS,
    "core.data",
    "core.models.inspect",
    "core.attacks",
    "core.storage.runs",
    "core.storage.checkpoints",
    "torch",
)


@pytest.mark.parametrize(
    ("inside", "forbidden", "why"),
    [
        ("core", ("streamlit", "pages", "app"), "core works in a notebook and in a shell"),
        ("core.attacks", TRAINING, "attacks take any network"),
        ("core.models.inspect", TRAINING, "probes take any network"),
        ("core.charts", NOT_ARRAYS, "figures see arrays and histories"),
        ("core.models", (*TRAINING, *LOOKING), "models stand alone"),
        ("core.data", (*TRAINING, *MODELS, *LOOKING), "data come before models"),
    ],
)
def test_arrows_run_one_way(inside: str, forbidden: tuple[str, ...], why: str) -> None:
    assert not breaks(inside, forbidden, allowed=("core.storage.history",)), why


def test_only_adversarial_training_imports_attacks() -> None:
    assert not breaks("core.training", ("core.attacks",), allowed=("core.training.adversarial",))


def test_only_background_work_and_its_registry_start_threads() -> None:
    starts = re.compile(r"threading\.Thread\b|from threading import .*\bThread\b|ThreadPoolExecutor")
    users = {name(path) for path in SOURCES if starts.search(path.read_text("utf-8"))}
    waiting = {"core.jobs.sweep.claim", "core.jobs.sweep.engines"}  # one renews a claim, one waits for its parent's end
    assert users <= {"core.jobs.background", "core.jobs.registry"} | waiting


def test_nothing_imports_a_page() -> None:
    pages = tuple(name(path) for path in (PROJECT / "pages").glob("*.py"))
    assert not [f for path in SOURCES for f in imports(path) if _within(f, (*pages, "app"))]


def test_what_lessons_share_rests_on_core_alone() -> None:
    ours = {"core", "pages", "app", "tests", "benchmarks"}
    reached = {
        m for path in (PROJECT / "pages" / "ui" / "kit").rglob("*.py") for m in imports(path) if m.split(".")[0] in ours
    }
    assert all(_within(module, ("core", "pages.ui.kit")) for module in reached)


def test_every_page_is_a_lesson_in_the_sidebar() -> None:
    pages = {f"pages/{path.name}" for path in (PROJECT / "pages").glob("*.py")}
    assert pages == {lesson.file for lesson in lessons()}


def test_session_state_and_address_are_named_in_one_place() -> None:
    """Widgets bind their own keys; what a page keeps by hand goes through pages/ui/kit/shell/state.py."""
    for path in (PROJECT / "pages" / "ui" / "kit").rglob("*.py"):
        if path.name != "state.py":
            assert "st.query_params" not in path.read_text(encoding="utf-8"), path.name


ASKING = {
    "checkbox",
    "file_uploader",
    "multiselect",
    "number_input",
    "pills",
    "radio",
    "segmented_control",
    "select_slider",
    "selectbox",
    "slider",
    "text_area",
    "text_input",
    "toggle",
}


def test_every_widget_that_asks_says_what_for() -> None:
    """In its help text. Buttons may go without: the label of most says all."""
    silent = [
        f"{name(path)}:{node.lineno} {node.func.attr}"
        for path in SOURCES
        for node in ast.walk(parsed(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKING
        if not {"help", None} & {keyword.arg for keyword in node.keywords}  # None: **settings
    ]
    assert not silent
