"""The CNN page in a real browser: build, start, watch, pause, and stop from another tab."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.press import press
from tests.browser.until import until

STEP = re.compile(r"epoch [\d.]+ of \d+ · step ([\d,]+)")


def step(page: Page) -> int:
    """The step that the page shows."""
    text = page.get_by_text(STEP).first.inner_text()
    found = STEP.search(text)
    assert found, text
    return int(found[1].replace(",", ""))


def end_of_the_loss_curve(page: Page) -> float:
    """How far to the right Plotly has drawn the training loss, in epochs; 0 before it has drawn any."""
    end: float = page.evaluate(
        """() => {
            const plot = document.querySelector('.st-key-cnn_live_loss .js-plotly-plot');
            const line = (plot?.calcdata ?? []).find(points => points[0]?.trace?.name === 'training');
            return line ? line[line.length - 1].x : 0;
        }"""
    )
    return end


@pytest.mark.long
def test_a_network_of_ones_own_is_trained_paused_and_stopped_from_another_tab(open_page: OpenPage) -> None:
    """Three small convolutions with batch norm, enough epochs to be caught in the act."""
    settings = {"blocks": 3, "channels_3": 6, "batch_norm": "true", "epochs": 40, "record_every": 20}
    query = "&".join(f"cnn-lab_{name}={value}" for name, value in settings.items())
    page = open_page(f"/CNN?{query}")
    expect(page.get_by_text("(6, 7, 7)").first).to_be_visible()
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Training", exact=True).first).to_be_visible()
    page.wait_for_selector(".st-key-cnn_live_loss .js-plotly-plot path.js-line", state="attached")
    end, at = end_of_the_loss_curve(page), step(page)
    until(page, lambda: end_of_the_loss_curve(page) > end and step(page) > at)
    # While the page changes from the recorded curves to the live ones, both may stand there for a moment.
    expect(page.locator(".st-key-cnn_record .js-plotly-plot").first).to_be_visible()

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True).first).to_be_visible()
    assert "cnn_run=" in page.url

    page.get_by_role("tab", name="Batch norm").click()  # a strip of the run stands on other tabs
    expect(page.get_by_text("Does batch norm make this network better")).to_be_visible()
    expect(page.get_by_text("Paused", exact=True).first).to_be_visible()
    press(page.locator(".st-key-cnn_strip_stop button").first)  # the strip goes with the run
    page.get_by_role("tab", name="Train").click()
    expect(page.get_by_text("Stopped", exact=True).first).to_be_visible()


@pytest.mark.long
def test_the_sweep_grows_while_it_runs_and_keeps_what_it_has(open_page: OpenPage) -> None:
    page = open_page("/CNN?cnn_tab=Batch+norm&cnn_sweep_images=1000&cnn_bn_convolutions=1")
    page.get_by_role("button", name="Train 42 small runs").click()
    expect(page.get_by_text(re.compile(r"([3-9]|\d\d) of 42 runs")).first).to_be_visible(timeout=90_000)
    expect(page.locator(".st-key-cnn_sweep_chart .js-plotly-plot").first).to_be_visible()
    slider = page.get_by_role("slider", name="Epochs").last  # the whole page is drawn meanwhile
    slider.focus()
    page.keyboard.press("ArrowRight")
    before = int(page.get_by_text(re.compile(r"\d+ of 42 runs")).first.inner_text().split()[0])
    page.wait_for_function(
        f"Number((document.body.innerText.match(/(\\d+) of 42 runs/) ?? [])[1]) > {before}", timeout=90_000
    )
    page.locator(".st-key-cnn_sweep_stop button:visible").click()
    expect(page.get_by_role("button", name="Resume")).to_be_enabled()
