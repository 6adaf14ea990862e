"""What somebody clicks while the page still answers the click before is done, and the address says so."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.browser import settle
from tests.browser.conftest import OpenPage
from tests.browser.server import Server

SLOW = (Path(__file__).parent / "slow_answers.js").read_text(encoding="utf-8")
SELECTED = """(name) => [...document.querySelectorAll('[role="tab"][aria-selected="true"]')]
    .some((tab) => tab.innerText.trim() === name)"""
DRAWN_ANEW = "() => !!document.querySelector('[role=\"tab\"][data-disabled]')"
SAYS = "(name) => new URLSearchParams(location.search).get('data_tab') === name"
ARRIVED = "() => slow.waiting() && performance.now() - slow.heard > 700"  # nothing more came for a while


@pytest.fixture
def slow_page(server: Server, browser: Browser) -> Iterator[Page]:
    """A window of its own, in which the server's answers can be made to wait."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(SLOW)
    yield page
    page.context.close()


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("tab", name=name, exact=True)


def test_a_tab_pressed_while_it_is_drawn_anew_opens(slow_page: Page, server: Server) -> None:
    """For an instant it is switched off: the new row of tabs is there, its tabs are still those of before."""
    page = slow_page
    page.goto(f"{server.url}/Data_Explorer")
    settle(page)
    page.evaluate(f"slow.deliver({DRAWN_ANEW})")
    tab(page, "As numbers").click()
    page.wait_for_function("slow.stopped")
    tab(page, "Map").click(force=True)
    page.evaluate("slow.release()")
    expect(tab(page, "Map")).to_have_attribute("aria-selected", "true")
    page.wait_for_function(SAYS, arg="Map")
    expect(page.get_by_text("projects the images onto")).to_be_visible()


@pytest.mark.long
def test_a_late_answer_takes_nothing_back(slow_page: Page, server: Server) -> None:
    """Neither the tab nor the address, though the answer to the earlier press holds the earlier ones."""
    page = slow_page
    page.goto(f"{server.url}/Data_Explorer?data_page=3")
    settle(page)
    page.evaluate("slow.hold()")
    tab(page, "As numbers").click()
    page.wait_for_function(ARRIVED)
    tab(page, "Map").click()
    page.wait_for_function(ARRIVED)
    page.evaluate(f"slow.deliver(() => ({SELECTED})('As numbers') && !({DRAWN_ANEW})())")
    page.wait_for_function("slow.stopped || !slow.waiting()")
    assert page.evaluate(SELECTED, "Map")
    page.evaluate("slow.release()")
    expect(page.get_by_text("projects the images onto")).to_be_visible()
    page.wait_for_function(SAYS, arg="Map")
    assert "data_page" not in page.evaluate("location.search")


# Page, tabs, what else can be changed on every tab: toggles, sliders and boxes that the address keeps.
PLACES = {
    "/Data_Explorer": ("data_tab", ("Browse", "As numbers", "Map", "My handwriting")),
    "/MLP_Autograd": ("mlp_tab", ("Train", "Formulas", "Autograd", "Inside")),
    "/Optimizer_Race": ("race_tab", ("One dimension", "Two dimensions", "The race")),
}


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("path", PLACES)
def test_of_a_hundred_clicks_none_is_lost(open_page: OpenPage, path: str) -> None:
    """Each, on a tab, comes 0 to 400 ms after a change of one of the settings that the page shows."""
    chance = random.Random(path)
    name, tabs = PLACES[path]
    page = open_page(path)
    lost = []
    here = page.get_by_role("tab", selected=True).first.inner_text().strip()
    for turn in range(100):
        changed = _change(page, chance)
        time.sleep(chance.uniform(0, 0.4))
        here = chance.choice([other for other in tabs if other != here])
        tab(page, here).evaluate("(found) => found.scrollIntoView({block: 'center'})")  # at once, ready or not
        place = tab(page, here).bounding_box()
        page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        settle(page)
        asked = page.evaluate("(name) => new URLSearchParams(location.search).get(name)", name)
        if not page.evaluate(SELECTED, here) or asked not in (here, None):
            opened = page.get_by_role("tab", selected=True).all_inner_texts()
            lost.append((turn, changed, here, opened, asked, place["y"]))
    assert not lost


SETTINGS = ", ".join(
    f'[data-testid="stMain"] {part}:visible'
    for part in (
        '[data-testid="stSelectbox"] input:enabled',
        '[data-testid="stCheckbox"] label:has(input:enabled)',
        '[data-testid="stSlider"] [role="slider"]',
        '[data-testid="stButtonGroup"] button[role]:enabled',  # without a role: help, which covers tabs
    )
)


def _change(page: Page, chance: random.Random) -> str:
    """Change one of the settings that the page shows now; which one."""
    offered = page.locator(SETTINGS)
    count = offered.count()
    if not count:
        return "nothing"
    one = offered.nth(chance.randrange(count))
    kind = one.evaluate("(found) => found.getAttribute('role') || found.localName")
    if kind in ("label", "radio", "button", "checkbox"):
        one.click()
    else:
        one.focus()
        page.keyboard.press("ArrowDown" if kind == "combobox" else chance.choice(("ArrowLeft", "ArrowRight")))
        if kind == "combobox":
            page.keyboard.press("Enter")
    return str(kind)
