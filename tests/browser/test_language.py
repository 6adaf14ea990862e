"""Language ID in a real browser: a typed word is read, step by step, and the address remembers it."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


def cells(page: Page, key: str) -> list[list[float]]:
    """The numbers behind a heat map."""
    found: list[list[float]] = page.locator(f".st-key-{key} .js-plotly-plot").first.evaluate(
        "plot => { const z = plot.data[0].z; return Array.isArray(z) ? z.map(row => Array.from(row))"
        " : Array.from(plot._fullData[0].z, row => Array.from(row)); }"
    )
    return found


def test_type_a_word_and_step_through_it(open_page: OpenPage, settle: Callable[[Page], None]) -> None:
    page = open_page("/Language_ID")
    before = cells(page, "lang_thoughts")
    box = page.locator(".st-key-lang_word input")
    box.fill("Przyjaciel!")
    box.press("Enter")
    expect(page.get_by_text("Prediction for przyjaciel: Polish")).to_be_visible()
    expect(page.get_by_text("Skipped, not in the alphabet")).to_be_visible()
    settle(page)
    after = cells(page, "lang_thoughts")
    assert len(after[0]) == 10
    assert after != before
    assert "lang_word=Przyjaciel" in page.url

    slider: Any = page.locator(".st-key-lang_at_10 input")
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Prediction for pr…:")).to_be_visible()

    page.get_by_role("tab", name="How a GRU works").click()
    expect(page.get_by_text("Unit 0 at time step")).to_be_visible()
    expect(box).to_have_value("Przyjaciel!")
