"""A way through in a real browser: what was opened is ticked on Home, and stays so after a reload."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

Settle = Callable[[Page], None]


def test_ticks_appear_after_a_visit_and_stay_after_a_reload(open_page: OpenPage, settle: Settle) -> None:
    page = open_page("/")
    expect(page.get_by_text("0 of 9 tabs seen")).to_be_visible()
    high = page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollHeight")
    assert high <= 1600, "Home fits two screens of 1280 × 800"
    page.get_by_role("button", name="Start here").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Data Explorer")
    settle(page)
    following = page.get_by_role("button", name="What does a network receive")
    following.scroll_into_view_if_needed()
    following.click()
    expect(page.get_by_text("all else must be learned")).to_be_visible()
    settle(page)
    page.wait_for_function("document.querySelector('[data-testid=\"stMain\"]').scrollTop === 0")

    page.get_by_test_id("stSidebar").get_by_role("link", name="Digit Lab").click()
    expect(page.get_by_text("2 of 9 tabs seen")).to_be_visible()
    page.reload()
    settle(page)
    expect(page.get_by_text("2 of 9 tabs seen")).to_be_visible()
    expect(page.get_by_role("button", name="Continue: Baseline")).to_be_visible()
    expect(page.get_by_role("link", name="Browse 3 min, seen")).to_be_visible()
