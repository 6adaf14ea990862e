"""A pair of runs in a real browser: both curves grow, one pause holds both, a reload finds them again."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.press import press

STEP = re.compile(r"(By hand|By autograd) · (\w+).* step ([\d,]+)")


def steps(page: Page) -> dict[str, int]:
    """Steps of both runs as the page shows them."""
    labels = page.get_by_test_id("stMetricLabel").all_inner_texts()
    found = [STEP.search(label) for label in labels]
    return {match[1]: int(match[3].replace(",", "")) for match in found if match}


def ends(page: Page) -> list[float]:
    """How far to the right both losses are drawn, in epochs."""
    found: list[float] = page.evaluate(
        """() => {
            const plot = document.querySelector('.st-key-manual_both_loss .js-plotly-plot');
            return (plot?.calcdata ?? []).map(points => points[points.length - 1].x);
        }"""
    )
    return found


@pytest.mark.long
def test_a_pair_grows_pauses_and_is_found_again(open_page: OpenPage) -> None:
    page = open_page("/Manual_Backprop?manual_tab=Train+it&manual_epochs=40&manual_batch_size=8")
    page.get_by_role("button", name="Train both").click()
    expect(page.get_by_text("Training", exact=True)).to_be_visible()
    page.wait_for_selector(".st-key-manual_both_loss .js-plotly-plot path.js-line", state="attached")
    expect(page.get_by_text(re.compile("^By autograd · training"))).to_be_visible()
    before = ends(page)
    assert len(before) == 2
    page.wait_for_function(
        """then => {
            const plot = document.querySelector('.st-key-manual_both_loss .js-plotly-plot');
            const now = (plot?.calcdata ?? []).map(points => points[points.length - 1].x);
            return now.length === 2 && now.every((x, i) => x > then[i]);
        }""",
        arg=before,
    )

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"^At step [\d,]+"))).to_be_visible()
    for name in ("By hand", "By autograd"):  # who was behind catches up first
        expect(page.get_by_text(re.compile(rf"^{name} · paused · step"))).to_be_visible()
    held = steps(page)
    assert held["By hand"] == held["By autograd"] > 0
    page.wait_for_timeout(1200)
    assert steps(page) == held

    page.reload()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(rf"^At step {held['By hand']:,}\b"))).to_be_visible()
    for name, step in held.items():
        expect(page.get_by_text(f"{name} · paused · step {step:,}")).to_be_visible()

    page.get_by_role("link", name="Data Explorer").first.click()
    expect(page.get_by_role("heading", name="Data Explorer")).to_be_visible()
    page.get_by_role("link", name="Manual Backprop").first.click()
    page.get_by_role("tab", name="Train it").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    page.wait_for_function("location.search.includes('manual_run=')")

    press(page.get_by_role("button", name="Stop").first, page.get_by_text("Stopped", exact=True))
    expect(page.get_by_text(re.compile("the two losses are the same to the last bit"))).to_be_visible()
