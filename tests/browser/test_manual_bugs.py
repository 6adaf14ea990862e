"""Planting a bug and hunting one, as a student does it."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from core.backprop.bugs import BUGS
from pages.ui.backprop.plant_a_bug import hidden_suspect

OpenPage = Callable[..., Page]
CASE = 7


def tile(page: Page, chart: str, number: int) -> Locator:
    """The text of a tile, counted row by row."""
    return page.locator(f".st-key-{chart} .heatmaplayer text, .st-key-{chart} .hm text").nth(number)


def test_a_planted_bug_turns_its_tiles_red(open_page: OpenPage) -> None:
    page = open_page("/Manual_Backprop?manual_tab=Plant+a+bug")
    expect(tile(page, "manual_bug_gradients", 0)).to_contain_text("✗")
    expect(tile(page, "manual_bug_gradients", 2)).to_contain_text("✓")
    page.get_by_role("combobox", name=re.compile("Bug")).click()
    page.get_by_role("option", name="Gradients not zeroed").click()
    page.get_by_text("All 4 gradients are right.").wait_for()
    page.get_by_text("Step 1 is right, step 2 is wrong.").wait_for()
    expect(tile(page, "manual_bug_gradients", 0)).to_contain_text("✓")
    expect(tile(page, "manual_bug_updates", 0)).to_contain_text("✓")
    expect(tile(page, "manual_bug_updates", 4)).to_contain_text("✗")
    page.wait_for_function("() => decodeURIComponent(location.href).replaceAll('+', ' ').includes('not zeroed')")


def test_a_hidden_bug_can_be_found(open_page: OpenPage) -> None:
    page = open_page(f"/Manual_Backprop?manual_tab=Plant+a+bug&manual_bug_mode=Find+one&manual_find_case={CASE}")
    page.get_by_text(f"Case {CASE}", exact=True).wait_for()
    hidden = BUGS[hidden_suspect(CASE).bug]
    others = page.locator('[data-testid="stRadio"] label').filter(has_not_text=hidden.title)
    others.filter(has_text=re.compile(r"\w")).last.click()
    page.get_by_text("Not that one.").wait_for()
    page.locator('[data-testid="stRadio"] label').filter(has_text=hidden.title).last.click()
    page.get_by_text("Right.", exact=True).wait_for()
    assert hidden_suspect(CASE).bug not in page.url
    page.get_by_text("0 of 1 found").wait_for()
    page.get_by_role("button", name="Another one").click()
    page.get_by_text(f"Case {CASE}", exact=True).wait_for(state="detached")
    expect(page.get_by_text("Right.", exact=True)).to_have_count(0)
