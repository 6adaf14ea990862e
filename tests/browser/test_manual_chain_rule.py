"""A walk through the chain rule with the mouse: step by step and back, then a click on a number."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


def test_walking_on_and_back_and_clicking_a_number(open_page: OpenPage) -> None:
    page = open_page("/Manual_Backprop?manual_tab=Chain rule&manual_step=11")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Step 12 of 16")).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_text("Step 11 of 16")).to_be_visible()
    result = page.locator('[class*="st-key-manual_result_11"] .nsewdrag').first
    result.scroll_into_view_if_needed()
    cells = result.bounding_box()
    page.mouse.click(cells["x"] + cells["width"] * 2.5 / 3, cells["y"] + cells["height"] * 1.5 / 4)
    page.wait_for_function(
        "() => location.href.includes('manual_row_11_of_4=1') && location.href.includes('manual_column_11_of_3=2')"
    )
    expect(page.get_by_role("spinbutton", name="Row")).to_have_value("1")
    worked = page.locator(".katex-mathml annotation", has_text="W_h[1,2]")
    expect(worked.first).to_be_attached()
