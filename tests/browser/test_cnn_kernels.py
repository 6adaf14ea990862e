"""A convolution by hand in a real browser: a click on a cell shows its sum, an edited number is kept."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.box import box

OpenPage = Callable[..., Page]


def test_a_cell_shows_its_sum_and_an_edited_number_is_in_the_address(open_page: OpenPage) -> None:
    page = open_page("/CNN?cnn_tab=By+hand")
    cells = box(page.locator(".st-key-cnn_hand_output .nsewdrag").first)
    row, column = 20, 13
    page.mouse.click(cells["x"] + (column + 0.5) / 28 * cells["width"], cells["y"] + (row + 0.5) / 28 * cells["height"])
    page.get_by_text(f"The output at row {row}, column {column}").wait_for()
    assert f"cnn_hand_row_28={row}" in page.url
    assert f"cnn_hand_column_28={column}" in page.url

    page.get_by_text("Edit the weights").click()
    corner = page.locator(".st-key-cnn_hand_w3_1_1 input")
    corner.fill("3")
    corner.press("Enter")
    page.get_by_text("Edited by hand.").wait_for()
    page.wait_for_function("() => location.href.includes('_3_')")
    page.get_by_text(f"The output at row {row}, column {column}").wait_for()
