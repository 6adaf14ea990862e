"""The page on regression in a real browser: the curve moves while it learns, and a click places a point."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.until import until

FIT = ".st-key-reg_live_fit .js-plotly-plot"


def curve(page: Page) -> list[float]:
    """The network's curve as Plotly has drawn it; empty before it has drawn any."""
    found: list[float] = page.evaluate(
        """(fit) => {
            const plot = document.querySelector(fit);
            const line = (plot?.calcdata ?? []).find(points => points[0]?.trace?.name === 'network');
            return line ? line.map(point => point.y) : [];
        }""",
        FIT,
    )
    return found


@pytest.mark.long
def test_the_curve_moves_while_it_learns_and_stands_there_after_a_reload(open_page: OpenPage) -> None:
    page = open_page("/Regression?regression-sine_epochs=500")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Training", exact=True).first).to_be_visible()
    page.wait_for_selector(f"{FIT} path.js-line", state="attached")
    seen = set[tuple[float, ...]]()

    def moved() -> bool:
        seen.add(tuple(curve(page)))
        return len(seen) > 3

    until(page, moved)
    expect(page.get_by_text("Finished", exact=True).first).to_be_visible(timeout=120_000)
    expect(page.get_by_text(re.compile("Good fit")).first).to_be_visible()
    assert "reg_run=" in page.url
    page.reload()
    expect(page.get_by_text("Finished", exact=True).first).to_be_visible()


def test_a_click_places_a_point_another_takes_it_away(open_page: OpenPage, settle) -> None:  # type: ignore[no-untyped-def]
    page = open_page("/Regression?regression-sine_target=points+you+place&reg_points=-8.0_-4.4_0.0_4.-4_8.0")
    count = page.locator("p", has_text="Your points").first
    expect(count).to_contain_text("5 of at most")
    for expected, url in (("6 of at most", "_10.4"), ("5 of at most", "_8.0")):
        board = page.locator('[class*="st-key-reg_board_"] .js-plotly-plot .nsewdrag').first
        board.scroll_into_view_if_needed()
        box = board.bounding_box()
        # the board reaches from −5.25 to 5.25 and from −3.25 to 3.25; the place is (2.5, 1)
        page.mouse.click(box["x"] + box["width"] * 7.75 / 10.5, box["y"] + box["height"] * 2.25 / 6.5)
        expect(count).to_contain_text(expected)
        settle(page)
        assert re.search(rf"{url}(&|$)", page.url), page.url
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()
