"""Planting a bug, as a student does it."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

OpenPage = Callable[..., Page]


def tile(page: Page, chart: str, number: int) -> Locator:
    """The text of a tile, counted row by row."""
    return page.locator(f".st-key-{chart} .heatmaplayer text, .st-key-{chart} .hm text").nth(number)


def test_a_planted_bug_turns_its_tiles_red(open_page: OpenPage) -> None:
    page = open_page("/Manual_Backprop?manual_tab=Plant+a+bug")
    expect(tile(page, "manual_bug_gradients", 0)).to_contain_text("✗")
    expect(tile(page, "manual_bug_gradients", 2)).to_contain_text("✓")
    page.get_by_role("combobox", name=re.compile("Bug")).click()
    page.get_by_role("option", name="Gradients not zeroed").click()
    page.get_by_text("All 4 gradients are correct.").wait_for()
    page.get_by_text("Step 1 is correct, step 2 is wrong.").wait_for()
    expect(tile(page, "manual_bug_gradients", 0)).to_contain_text("✓")
    expect(tile(page, "manual_bug_updates", 0)).to_contain_text("✓")
    expect(tile(page, "manual_bug_updates", 4)).to_contain_text("✗")
    page.wait_for_function("() => decodeURIComponent(location.href).replaceAll('+', ' ').includes('not zeroed')")
