"""README and docs tell the truth about the files and the commands."""

import re
from pathlib import Path

import pytest

from core.__main__ import VERBS
from core.recipes.texts import RECIPES
from tests.readme_lessons import with_lessons
from tests.readme_pictures import FOLDER, VIEWS, with_pictures
from tests.readme_tree import PROJECT, README, with_tree

TEXT = README.read_text(encoding="utf-8")
PAGES = [README, PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").glob("*.md"))]
COMMANDS = (PROJECT / "docs" / "command-line.md").read_text(encoding="utf-8")


def test_tree_lists_the_files_there_are() -> None:
    assert with_tree(TEXT) == TEXT, "README's tree is out of date: run `make format`"


def test_lessons_and_tabs_are_those_there_are() -> None:
    assert with_lessons(TEXT) == TEXT, "README's list of lessons is out of date: run `make format`"


def test_it_opens_with_pictures_of_every_view_in_both_themes() -> None:
    assert with_pictures(TEXT) == TEXT, "README's pictures are out of date: run python -m tests.readme_pictures"
    files = sorted(FOLDER.iterdir())
    assert [file.name for file in files] == sorted(
        f"{name}-{theme}.webp" for name in VIEWS for theme in ("light", "dark")
    )
    assert sum(file.stat().st_size for file in files) < 600_000


def test_it_fits_four_screens() -> None:
    assert len(TEXT.splitlines()) <= 160


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """To a file that is there, and to a heading of it that is there."""
    for place in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8")):
        file, _, heading = place.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), place
        headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.M) if heading else []
        assert not heading or heading in {re.sub(r"[^a-z0-9 -]", "", one.lower()).replace(" ", "-") for one in headings}


def test_every_verb_has_an_example() -> None:
    assert set(VERBS) <= set(re.findall(r"python -m core (\w+)", COMMANDS))


def test_recipes_named_in_examples_exist() -> None:
    assert set(re.findall(r"core train ([a-z0-9-]+)", TEXT + COMMANDS)) <= set(RECIPES)


def test_files_named_to_contributors_exist() -> None:
    text = (README.parent / "CONTRIBUTING.md").read_text(encoding="utf-8").replace("NAME", "cnn")
    named = re.findall(r"`((?:core|pages|tests|checkpoints)/[^`]*)`", text)
    assert named
    assert not [path for path in named if not (README.parent / path).exists()]
