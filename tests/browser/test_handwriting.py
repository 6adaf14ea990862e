"""Draw a digit, say what it is, save it: it is in the gallery, every network reads it, it can be taken home."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.pen import SEVEN, draw

Settle = Callable[[Page], None]


def test_a_drawn_digit_is_saved_shown_and_deleted(open_page: OpenPage, settle: Settle) -> None:
    page = open_page("/Data_Explorer?data_tab=My handwriting")
    save = page.get_by_role("button", name="Save")
    expect(page.get_by_text("What is their accuracy on yours?")).to_be_visible()
    expect(save).to_be_disabled()
    draw(page, "data_own_draw", SEVEN)
    settle(page)
    page.locator(".st-key-data_own_label").get_by_text("7", exact=True).click()
    expect(save).to_be_enabled()
    save.click()
    expect(page.get_by_text("Saved as a 7")).to_be_visible()
    expect(save).to_be_disabled()
    expect(page.get_by_role("heading", name="Label: 7", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Accuracy on your handwriting")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "my-handwriting.zip"
    settle(page)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("What is their accuracy on yours?")).to_be_visible()
