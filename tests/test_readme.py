"""README tells the truth about the files and the commands."""

import re

from core.__main__ import VERBS
from core.recipes.texts import RECIPES
from tests.readme_lessons import with_lessons
from tests.readme_tree import README, with_tree

TEXT = README.read_text(encoding="utf-8")


def test_tree_lists_the_files_there_are() -> None:
    assert with_tree(TEXT) == TEXT, "README's tree is out of date: run `make format`"


def test_lessons_and_tabs_are_those_there_are() -> None:
    assert with_lessons(TEXT) == TEXT, "README's list of lessons is out of date: run `make format`"


def test_every_verb_has_an_example() -> None:
    assert set(VERBS) <= set(re.findall(r"python -m core (\w+)", TEXT))


def test_recipes_named_in_examples_exist() -> None:
    assert set(re.findall(r"core train ([a-z0-9-]+)", TEXT)) <= set(RECIPES)


def test_files_named_to_contributors_exist() -> None:
    text = (README.parent / "CONTRIBUTING.md").read_text(encoding="utf-8").replace("NAME", "cnn")
    named = re.findall(r"`((?:core|pages|tests|checkpoints)/[^`]*)`", text)
    assert named
    assert not [path for path in named if not (README.parent / path).exists()]
