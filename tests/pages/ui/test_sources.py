"""The Sources page: every text, what it asks for, and what answers it."""

import pytest

from core.recipes.sources import SOURCES, Ask
from core.recipes.texts import RECIPES
from pages.ui.course import course
from tests.pages.harness import markdown, open_page

ASKS = [ask for source in SOURCES for ask in source.asks]


def test_every_recipe_of_a_text_answers_what_that_text_asks_for() -> None:
    for source in SOURCES:
        answering = {name for ask in source.asks for name in ask.recipes}
        assert answering == {name for name, recipe in RECIPES.items() if recipe.source.startswith(source.name)}
    named = ("None: ours", *(source.name for source in SOURCES))
    assert all(recipe.source.startswith(named) for recipe in RECIPES.values())


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.asked[:30])
def test_what_is_asked_for_can_be_seen_on_a_tab_that_is_there(ask: Ask) -> None:
    there = {(stop.lesson.name, stop.tab.name) for stop in course()}
    assert ask.tabs
    assert set(ask.tabs) <= there
    assert ask.asked.endswith(".")


def test_the_page_names_texts_recipes_and_claims() -> None:
    app = open_page("11_Sources.py")
    assert [part.value for part in app.main.header] == [source.name for source in SOURCES]
    for ask in ASKS:
        assert ask.asked in markdown(app)
        for name in ask.recipes:
            assert f"Recipe `{name}`" in markdown(app)
            assert (RECIPES[name].claim or "") in markdown(app)
    assert len(app.main.get("page_link")) == 1 + sum(len(ask.tabs) for ask in ASKS)
