"""Shaking a picture with the slider: other numbers, and curves that draw themselves."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.until import until

OpenPage = Callable[..., Page]


@pytest.mark.long
def test_pulling_the_shift_changes_the_numbers_and_the_curves_appear(open_page: OpenPage) -> None:
    page = open_page("/CNN?cnn_tab=Confidence")  # Robustness comes to rest only when all is measured
    page.get_by_role("tab", name="Robustness").click()
    page.get_by_text("Slide the maps back").click()
    claim = page.locator("p", has_text="Claim of the lab report:")
    expect(claim).to_contain_text("conv1")
    before = claim.inner_text()
    slider = page.get_by_role("slider", name="Strength (pixels)")
    slider.focus()
    slider.press("ArrowLeft")
    page.wait_for_function("() => location.href.includes('cnn_shake_shift-across=-4')")
    expect(claim).not_to_have_text(before)
    expect(page.get_by_text("conv1, act1, pool1, conv2, act2, pool2 did not change at all")).to_be_visible()
    # The chart grows by itself, point by point.
    curves = page.locator(".st-key-cnn_shake_curves .scatterlayer path.js-line")
    seen = set[str]()

    def grown() -> bool:
        seen.add("".join(curves.evaluate_all("all => all.map(line => line.getAttribute('d'))")))
        return len(seen) > 3

    until(page, grown)
    assert curves.count() >= 7
    page.reload()
    expect(page.get_by_role("slider", name="Strength (pixels)")).to_have_value("-4")
