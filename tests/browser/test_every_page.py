"""Every page opens from the sidebar, in both themes, on a desk and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from pages.ui.kit.shell.lessons import REFERENCE, lessons
from tests.browser.conftest import FAILURES, OpenPage

WIDER = """() => [document.scrollingElement, document.querySelector('[data-testid="stMain"]')]
    .map(part => part.scrollWidth - part.clientWidth)"""


@pytest.mark.long
def test_every_page_opens_without_a_failure(open_page: OpenPage, settle: Callable[[Page], None]) -> None:
    page = open_page("/")
    links = page.get_by_test_id("stSidebar").get_by_role("link")
    titles = ("Digit Lab", *(listed.title for listed in (*lessons(), *REFERENCE)))
    expect(links).to_have_count(len(titles))
    for title in titles:
        page.get_by_test_id("stSidebar").get_by_role("link", name=title).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(title)
        for width, theme in ((1280, "light"), (400, "dark")):
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": 900})
            settle(page)
            expect(page.locator(FAILURES)).to_have_count(0)
            expect(page.locator("h1")).to_be_visible()
            wider = max(page.evaluate(WIDER))
            assert wider <= 0, f"{title} scrolls sideways by {wider} pixels at a width of {width}"
        page.set_viewport_size({"width": 1280, "height": 900})
