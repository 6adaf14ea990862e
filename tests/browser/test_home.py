"""Home in a real browser: draw with the mouse, read what the network says, leave and come back."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from pages.ui.kit.shell.lessons import lessons
from tests.browser.conftest import OpenPage
from tests.browser.pen import ONE, SEVEN, draw

Settle = Callable[[Page], None]

SAYS = re.compile(r"Prediction: (\d)")


def test_a_drawing_is_read_and_outlives_a_visit_to_the_first_lesson(open_page: OpenPage, settle: Settle) -> None:
    page = open_page("/")
    draw(page, "home_draw", SEVEN)
    expect(page.get_by_role("heading", name="Prediction: 7")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Until you draw")).to_be_visible()
    settle(page)  # the cleared canvas is a new one
    draw(page, "home_draw", ONE)
    expect(page.get_by_role("heading", name="Prediction: 1")).to_be_visible()

    page.get_by_test_id("stSelectbox").locator("input").click()
    page.get_by_role("option", name="linear-softmax").click()
    settle(page)  # the address changes at once, the server hears of it a moment later
    page.get_by_role("button", name="Start here").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(lessons()[0].title)
    settle(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Digit Lab").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Digit Lab")
    expect(page.get_by_text("Until you draw")).to_have_count(0)
    expect(page.get_by_role("heading", name=SAYS)).to_be_visible()
    page.wait_for_function("location.search.includes('home_network=linear-softmax')")


def test_a_drawing_is_on_the_canvas_of_a_lesson_and_there_after_a_reload(open_page: OpenPage, settle: Settle) -> None:
    page = open_page("/")
    draw(page, "home_draw", SEVEN)
    expect(page.get_by_role("heading", name="7")).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_role("link", name="MLP & Autograd").click()
    page.get_by_role("tab", name="Draw").click()
    expect(page.get_by_alt_text("Your drawing, 28 × 28 pixels")).to_be_visible()
    settle(page)
    page.reload()
    expect(page.get_by_alt_text("Your drawing, 28 × 28 pixels")).to_be_visible()
