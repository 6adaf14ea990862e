"""Who may import whom, and how long a file may be. The code's shape is a promise to its readers."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from pages.ui.kit.shell.lessons import REFERENCE, lessons

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = sorted([PROJECT / "app.py", *(PROJECT / "core").rglob("*.py"), *(PROJECT / "pages").rglob("*.py")])

#: The rooms of core from the ground up: a file imports only its own floor and those below.
FLOORS = (
    {"formatting", "glossary"},
    {"config"},
    {"storage", "backprop"},
    {"data", "charts"},
    {"models"},
    {"attacks"},
    {"training"},
    {"jobs"},
    {"lessons"},
    {"recipes"},
    {"export"},
    {"cli"},
    {"__main__"},
)
LESSONS = {"explorer", "mlp", "backprop", "cnn", "race", "adversarial", "regression", "language", "runs"}


def name(path: Path) -> str:
    """core/data/idx.py -> core.data.idx"""
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name(path) for path in SOURCES}
parsed = cache(ast.parse)


@cache
def imports(path: Path) -> set[str]:
    """Every module the file imports anywhere: inside functions too, and for the type checker alone.

    `from a import b` counts as a.b where that is a module of ours, else as a.
    """
    found: set[str] = set()
    for node in ast.walk(parsed(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: say the whole name instead of a relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in NAMES else node.module or "")
    return found


def arrows() -> list[tuple[str, str]]:
    """(importer, imported) for every two modules of ours."""
    return [
        (name(path), module)
        for path in SOURCES
        for module in sorted(imports(path))
        if module in NAMES and module != name(path)
    ]


def _within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def room(module: str) -> str:
    """core.data.idx -> data"""
    return [*module.split("."), ""][1]


def lesson(module: str) -> str:
    """core.lessons.cnn.kernels -> cnn, pages.ui.cnn.kernels -> cnn; "" for what belongs to no lesson."""
    parts = [*module.split("."), "", ""]
    return parts[2] if parts[:2] in (["core", "lessons"], ["pages", "ui"]) and parts[2] in LESSONS else ""


def test_files_are_short_and_say_what_they_are() -> None:
    texts = {name(path): path.read_text(encoding="utf-8") for path in SOURCES}
    assert not [module for module, text in texts.items() if len(text.splitlines()) > 400]
    silent = [module for module, text in texts.items() if text.strip() and not ast.get_docstring(parsed(text))]
    assert not silent, "a module begins with what it is about"


def test_no_room_imports_a_higher_floor() -> None:
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    core = [(a, b) for a, b in arrows() if a.startswith("core.") and b.startswith("core.")]
    assert {room(module) for arrow in core for module in arrow} <= set(floor)
    assert not [arrow for arrow in core if floor[room(arrow[1])] > floor[room(arrow[0])]]
    same = {(room(a), room(b)) for a, b in core if room(a) != room(b)}
    assert not [pair for pair in same if floor[pair[0]] == floor[pair[1]]], "rooms of one floor stand alone"


def test_no_module_imports_itself_by_a_roundabout_way() -> None:
    after: dict[str, set[str]] = {module: set() for module in NAMES}
    for a, b in arrows():
        after[a].add(b)
    while free := {module for module, needs in after.items() if not needs}:
        after = {module: needs - free for module, needs in after.items() if module not in free}
    assert not after, "what is left stands on a circle, or on one's neighbor"


def test_no_lesson_imports_a_lesson() -> None:
    crossing = [(a, b) for a, b in arrows() if lesson(a) and lesson(b) and lesson(a) != lesson(b)]
    assert not crossing


def test_core_knows_neither_streamlit_nor_pages() -> None:
    outside = ("streamlit", "pages", "app")
    found = [
        f"{name(path)} -> {module}"
        for path in SOURCES
        if _within(name(path), ("core",))
        for module in imports(path)
        if _within(module, outside)
    ]
    assert not found, "core works in a notebook and in a shell"


def test_charts_see_arrays_and_histories() -> None:
    allowed = ("core.charts", "core.formatting", "core.config", "core.storage.history")
    found = [(a, b) for a, b in arrows() if ".charts." in f"{a}." and ".charts" not in b and not _within(b, allowed)]
    assert not found


def test_a_lessons_charts_are_that_lessons_alone() -> None:
    assert not [(a, b) for a, b in arrows() if lesson(b) and ".charts" in b and lesson(a) != lesson(b)]


REGISTRIES = (
    "core/attacks/__init__.py",
    "core/attacks/filters/__init__.py",
    "core/backprop/bugs.py",
    "core/config/optimizers.py",
    "core/glossary/__init__.py",
    "core/training/hints/__init__.py",
    "core/config/mlp.py",
    "core/models/__init__.py",
    "core/recipes/texts.py",
    "benchmarks/__init__.py",
)


@pytest.mark.parametrize("place", REGISTRIES)
def test_a_registry_says_how_to_add_an_entry(place: str) -> None:
    told = ast.get_docstring(parsed((PROJECT / place).read_text(encoding="utf-8"))) or ""
    assert "Add your own: " in told
    assert f"]({place})" in (PROJECT / "README.md").read_text(encoding="utf-8")


def test_tests_mirror_the_rooms() -> None:
    for top in ("core", "pages/ui"):
        tested = {
            folder.relative_to(PROJECT / "tests")
            for folder in (PROJECT / "tests" / top).rglob("*")
            if folder.is_dir() and any(folder.glob("test_*.py"))
        }
        missing = [folder for folder in tested if not (PROJECT / folder).is_dir()]
        missing = [folder for folder in missing if not (PROJECT / folder).with_suffix(".py").is_file()]
        assert not missing


def test_only_background_work_and_its_registry_start_threads() -> None:
    starts = re.compile(r"threading\.Thread\b|from threading import .*\bThread\b|ThreadPoolExecutor")
    users = {name(path) for path in SOURCES if starts.search(path.read_text("utf-8"))}
    waiting = {"core.jobs.sweep.claim", "core.jobs.sweep.engines"}  # one renews a claim, one waits for its parent's end
    assert users == {"core.jobs.background", "core.jobs.registry"} | waiting


def test_pages_hand_settings_on_as_they_are() -> None:
    """A config is a key of caches and an argument by itself: JSON is for files, and core writes those."""
    trips = re.compile(r"\.to_json\(|Config\.from_json\(|json\.loads\(")
    assert not [name(path) for path in SOURCES if "pages" in path.parts and trips.search(path.read_text("utf-8"))]


def test_nothing_imports_a_page() -> None:
    pages = tuple(name(path) for path in (PROJECT / "pages").glob("*.py"))
    assert not [f for path in SOURCES for f in imports(path) if _within(f, (*pages, "app"))]


def test_what_lessons_share_knows_no_lesson() -> None:
    allowed = ("core", "pages.ui.kit")
    shared = [(a, b) for a, b in arrows() if _within(a, ("pages.ui.kit",))]
    assert shared
    assert not [(a, b) for a, b in shared if not _within(b, allowed) or lesson(b)]


def test_every_page_is_in_the_sidebar() -> None:
    pages = {f"pages/{path.name}" for path in (PROJECT / "pages").glob("*.py")}
    assert pages == {listed.file for listed in (*lessons(), *REFERENCE)}


def test_session_state_and_address_are_named_in_one_place() -> None:
    """Widgets bind their own keys; what a page keeps by hand goes through pages/ui/kit/shell/state.py."""
    users = {name(path) for path in SOURCES if "st.query_params" in path.read_text(encoding="utf-8")}
    assert users == {"pages.ui.kit.shell.state"}


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
