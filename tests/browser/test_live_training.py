"""The main road, in a real browser: start a preset, watch, steer, reload, leave and come back."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.browser.conftest import OpenPage
from tests.browser.press import press
from tests.browser.until import until

STATUS = re.compile(r"epoch ([\d.]+) of (\d+) · step ([\d,]+)")


def status(page: Page) -> tuple[float, int, int]:
    """(epoch, epochs, step) as the page shows them."""
    text = page.get_by_text(STATUS).first.inner_text()
    found = STATUS.search(text)
    assert found, text
    return float(found[1]), int(found[2]), int(found[3].replace(",", ""))


def end_of_the_loss_curve(page: Page) -> float:
    """How far to the right Plotly has drawn the training loss, in epochs."""
    end: float = page.evaluate(
        """() => {
            const plot = document.querySelector('.st-key-mlp_live_loss .js-plotly-plot');
            const line = (plot?.calcdata ?? []).find(points => points[0]?.trace?.name === 'training');
            return line ? line[line.length - 1].x : 0;
        }"""
    )
    return end


def wait_for_curve(page: Page) -> None:
    """Until the loss curve is drawn."""
    page.wait_for_selector(".st-key-mlp_live_loss .js-plotly-plot path.js-line", state="attached")


def slow_preset(open_page: OpenPage) -> Page:
    """A run long enough to be steered: the deep network, small batches, forty epochs."""
    return open_page("/MLP_Autograd?mlp_recipe=mlp-deep&mlp-deep_batch_size=16&mlp-deep_epochs=40")


def test_start_watch_pause_reload_and_stop(open_page: OpenPage) -> None:
    page = slow_preset(open_page)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Training", exact=True)).to_be_visible()
    wait_for_curve(page)
    end, step = end_of_the_loss_curve(page), status(page)[2]
    until(page, lambda: end_of_the_loss_curve(page) > end and status(page)[2] > step)

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    page.wait_for_timeout(700)  # the page that says "Paused" may still show the step before
    held = status(page)
    page.wait_for_timeout(1200)
    assert status(page) == held
    page.get_by_role("button", name="One step").click()
    expect(page.get_by_text(f"step {held[2] + 1:,}")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    assert status(page)[2] == held[2] + 1
    wait_for_curve(page)

    page.get_by_role("link", name="Data Explorer").first.click()
    expect(page.get_by_role("heading", name="Data Explorer")).to_be_visible()
    page.get_by_role("link", name="MLP & Autograd").first.click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    assert "mlp_run=" in page.evaluate("location.href")

    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Training", exact=True)).to_be_visible()
    rate = page.get_by_role("slider", name="Learning rate").first
    rate.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text(re.compile(r"lr → 0\.02 at step"))).to_be_visible()
    press(page.get_by_role("button", name="Stop").last, page.get_by_text("Stopped", exact=True))
    expect(page.get_by_text(re.compile(r"of [\d,]+ test images classified correctly"))).to_be_visible()

    page.get_by_role("tab", name="Results").click()
    page.get_by_role("radio", name="All runs").click()
    plot = page.locator(".st-key-mlp_record_chart")
    expect(plot.get_by_text(re.compile("mlp-deep · .*learning rate changed"))).to_be_visible()


def test_a_preset_works_in_one_click_and_its_result_can_be_looked_at(open_page: OpenPage) -> None:
    page = open_page("/MLP_Autograd?mlp-autograd_epochs=2")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Finished", exact=True)).to_be_visible(timeout=120_000)
    page.get_by_role("tab", name="Results").click()
    look = page.get_by_test_id("stSelectbox").filter(has_text="Network to look at").locator("input")
    expect(look).to_have_value("This run: mlp-autograd")
    expect(page.get_by_text(re.compile(r"The run at epoch 2, step"))).to_be_visible()
    expect(page.get_by_text("Confusion matrix").first).to_be_visible()


def pick(page: Page, box: Locator, option: str) -> None:
    """Choose from a select box as a person does: if the list closed under a redraw, open it again."""
    for _ in range(6):
        box.click()
        try:
            page.get_by_role("option", name=option).click(timeout=4000)
            return
        except TimeoutError:
            page.keyboard.press("Escape")
    raise AssertionError(f"the list never offered {option}")


def test_a_chosen_recipe_stays_in_the_address_from_tab_to_tab(
    open_page: OpenPage, settle: Callable[[Page], None]
) -> None:
    page = open_page("/MLP_Autograd?mlp_tab=Draw")
    page.get_by_role("tab", name="Formulas").click()
    page.wait_for_function("location.search.includes('mlp_tab=Formulas')")
    settle(page)  # a list that opens while the page is redrawn closes again
    box = page.get_by_test_id("stSelectbox").filter(has_text="Recipe").locator("input")
    pick(page, box, "linear-softmax")
    page.wait_for_function("location.search.includes('mlp_recipe=linear-softmax')")
    page.get_by_role("tab", name="Inside").click()
    look = page.get_by_test_id("stSelectbox").filter(has_text="Network to look at").locator("input")
    expect(look).to_have_value(re.compile("^linear-softmax · Linear softmax · "))
    expect(box).to_be_hidden()
    page.wait_for_function("location.search.includes('mlp_recipe=linear-softmax')")
