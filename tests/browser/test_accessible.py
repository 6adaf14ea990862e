"""Every page and every tab as axe-core reads it, for people who do not see, do not point, or see little contrast."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pages.ui.all_tabs import ALL_TABS
from pages.ui.kit.shell.lessons import REFERENCE, lessons
from tests.browser.conftest import OpenPage
from tests.browser.server import Server

Settle = Callable[[Page], None]

#: The addresses of a lesson's tabs, and those of the pages without tabs.
PLACES = {
    "no tabs": ["/", *(f"/{Path(page.file).stem.partition('_')[2]}" for page in REFERENCE)],
    **{
        lesson.name: [
            f"/{Path(lesson.file).stem.partition('_')[2]}?{urlencode({lesson.tab_key: tab.name})}"
            for tab in ALL_TABS[lesson.name]
        ]
        for lesson in lessons()
    },
}


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands, whatever its impact: rule, place and what is wrong, a line each."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


@pytest.mark.long
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PLACES)
def test_axe_finds_nothing_wrong(name: str, theme: str, server: Server, open_page: OpenPage, settle: Settle) -> None:
    page = open_page(PLACES[name][0], dark=theme == "dark")
    wrong = {}
    for address in PLACES[name]:
        page.goto(server.url + address)
        settle(page)
        wrong[address] = violations(page)
    assert not any(wrong.values()), {address: found for address, found in wrong.items() if found}


def test_a_player_plays_and_steps_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/Optimizer_Race?race_tab=One dimension")
    slider = page.get_by_role("slider", name="Step", exact=True)
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "step 2")
    page.keyboard.press("End")
    expect(slider.locator(".slider-label").first).to_have_text("step 20")
    page.keyboard.press("Home")
    expect(slider.locator(".slider-label").first).to_have_text("step 1")
    page.get_by_role("button", name="Play", exact=True).press("Enter")
    expect(slider.locator(".slider-label").first).to_have_text("step 20")


def test_a_map_of_digits_is_read_and_chosen_from_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/Data_Explorer?data_tab=Browse")
    page.locator("canvas.stage").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    said = page.locator(".map .said").first
    expect(said).not_to_be_empty()
    page.keyboard.press("Enter")
    page.wait_for_function("location.search.includes('data_index')")
