"""A race in a real browser: three curves grow, one pause holds all, a reload finds it, the standings show."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.press import press
from tests.browser.until import until


def ends(page: Page) -> dict[str, float]:
    """How far to the right each named lane's loss is drawn, in steps."""
    found: dict[str, float] = page.evaluate(
        """() => {
            const plot = document.querySelector('.st-key-race_loss .js-plotly-plot');
            const found = {};
            for (const points of plot?.calcdata ?? []) {
                const trace = points[0].trace;
                if (['SGD', 'RMSprop', 'Adam'].includes(trace.name)) found[trace.name] = points.at(-1).x;
            }
            return found;
        }"""
    )
    return found


def test_a_race_grows_pauses_and_is_found_again(open_page: OpenPage) -> None:
    page = open_page("/Optimizer_Race?race_epochs=20&race_batch_size=16")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Training", exact=True)).to_be_visible()
    page.wait_for_selector(".st-key-race_loss .js-plotly-plot path.js-line", state="attached")
    page.wait_for_function(
        """() => {
            const plot = document.querySelector('.st-key-race_loss .js-plotly-plot');
            const seen = new Set((plot?.calcdata ?? []).map(points => points[0].trace.name));
            return ['SGD', 'RMSprop', 'Adam'].every(name => seen.has(name));
        }"""
    )
    before = ends(page)
    assert set(before) == {"SGD", "RMSprop", "Adam"}
    until(page, lambda: all(later > before[name] for name, later in ends(page).items()))

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    status = page.get_by_text(re.compile(r"Paused · step [\d,]+ of 4,500"))
    held = status.inner_text().split(" · ")[1]
    cards = page.locator(".race-cards")
    expect(cards).to_contain_text("validation accuracy so far")
    for name in ("SGD", "RMSprop", "Adam"):
        expect(cards).to_contain_text(name)
    # Who leads, or that the first are level: by the moment of the pause.
    expect(page.get_by_text(re.compile("the highest validation accuracy|are level at"))).to_be_visible()

    page.reload()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    assert held in status.inner_text()
    expect(page.get_by_role("button", name="Start")).to_be_disabled()

    press(page.get_by_role("button", name="Stop").first, page.get_by_text("Stopped", exact=True))
    expect(cards).to_contain_text("test accuracy")
