"""Every page opens, in both themes, on a desk and on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from pages.ui.lessons import HOME, lessons
from tests.browser.conftest import FAILURES, OpenPage

PAGES = ["/", *("/" + Path(lesson.file).stem.split("_", 1)[1] for lesson in lessons())]


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, True)], ids=["desk-light", "phone-dark"])
@pytest.mark.parametrize("path", PAGES)
def test_opens_without_a_failure(open_page: OpenPage, path: str, width: int, dark: bool) -> None:
    page = open_page(path, width=width, dark=dark)
    expect(page.locator(FAILURES)).to_have_count(0)
    expect(page.locator("h1")).to_be_visible()
    wider = page.evaluate(
        """() => [document.scrollingElement, document.querySelector('[data-testid="stMain"]')]
                 .map(part => part.scrollWidth - part.clientWidth)"""
    )
    assert max(wider) <= 0, f"{path} scrolls sideways by {max(wider)} pixels at a width of {width}"


def test_sidebar_leads_to_every_lesson(open_page: OpenPage) -> None:
    page = open_page("/")
    links = page.locator('[data-testid="stSidebar"] a')
    expect(links).to_have_count(1 + len(lessons()))
    assert HOME.exists
