"""Feature maps in a real browser: a click enlarges a map, a click switches a channel off."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


def test_a_click_enlarges_a_map_and_another_switches_a_channel_off(open_page: OpenPage) -> None:
    page = open_page("/CNN?cnn_tab=Feature+maps&cnn_recipe=cnn-lab")
    page.get_by_role("button", name="conv2: channel 3").click()
    page.get_by_text("conv2, channel 3", exact=True).wait_for()
    page.get_by_text("one slice per input channel of pool1").wait_for()
    page.wait_for_function("() => /cnn_maps_channel_\\w+=3/.test(location.href)")

    page.get_by_test_id("stButtonGroup").get_by_text("Ablation", exact=True).click()
    page.get_by_text("No edits yet.").wait_for()
    accuracy = page.locator('[data-testid="stMetric"]', has_text="Test accuracy").locator(
        '[data-testid="stMetricValue"]'
    )
    before = accuracy.inner_text()
    changed = page.locator('[data-testid="stMetric"]', has_text="Predictions changed")
    expect(changed).to_contain_text("0")
    page.get_by_role("button", name="act1: channel 2").click()
    page.get_by_text("Edits: 1 channel off.").wait_for()
    expect(page.get_by_role("button", name="act1: channel 2")).to_have_attribute("aria-pressed", "true")
    expect(accuracy).not_to_have_text(before)
    expect(page.locator('[data-testid="stMetricDelta"]')).to_contain_text("-")
    page.wait_for_function("() => /cnn_change_off1_\\w+=2/.test(location.href)")
    page.get_by_role("button", name="Undo all").click()
    page.get_by_text("No edits yet.").wait_for()
    expect(accuracy).to_have_text(before)
