"""Kernels in a real browser: a click that shows its sum, and epochs that move image and accuracy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.box import box

OpenPage = Callable[..., Page]


def test_a_cell_shows_its_sum_and_an_edited_number_is_kept(open_page: OpenPage, settle: Callable[[Page], None]) -> None:
    page = open_page("/CNN?cnn_tab=By+hand")
    cells = box(page.locator(".st-key-cnn_hand_output .nsewdrag").first)
    row, column = 20, 13
    page.mouse.click(cells["x"] + (column + 0.5) / 28 * cells["width"], cells["y"] + (row + 0.5) / 28 * cells["height"])
    page.get_by_text(f"The output at row {row}, column {column}").wait_for()
    assert f"cnn_hand_row_28={row}" in page.url
    assert f"cnn_hand_column_28={column}" in page.url

    corner = page.locator(".st-key-cnn_hand_w3_1_1 input")  # the address remembers an edited number
    corner.fill("3")
    corner.press("Enter")
    page.get_by_text("Edited by hand.").wait_for()
    page.reload()
    settle(page)
    expect(corner).to_have_value("3")
    page.get_by_text(f"The output at row {row}, column {column}").wait_for()


@pytest.mark.long
def test_epochs_move_kernels_and_accuracy(open_page: OpenPage, settle: Callable[[Page], None]) -> None:
    page = open_page("/CNN?cnn_tab=Kernels")
    accuracy = page.get_by_test_id("stMetric").filter(has_text="Test accuracy").get_by_test_id("stMetricValue")
    accuracy.wait_for()
    settle(page)
    trained, picture = accuracy.inner_text(), kernel_picture(page)
    thumb = page.locator(".st-key-cnn_epoch_of_20 input")
    thumb.focus()
    page.keyboard.press("Home")
    expect(accuracy).not_to_have_text(trained)
    settle(page)
    assert kernel_picture(page) != picture
    assert "cnn_epoch_of_20=0" in page.url

    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => /cnn_epoch_of_20=[2-9]/.test(location.href)")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    settle(page)
    stopped = page.url
    page.wait_for_timeout(2500)  # two frames' time
    assert page.url == stopped
    thumb.focus()
    page.keyboard.press("End")
    expect(accuracy).to_have_text(trained)


def kernel_picture(page: Page) -> str:
    """The heat map of the kernels, as the browser draws it."""
    found = page.locator('[class*="st-key-cnn_kernels_grid"] .heatmaplayer image').first.get_attribute("href")
    assert found
    return found
