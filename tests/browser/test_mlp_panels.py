"""The panels that look at a network, where only a real browser tells: a click on a chart."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.box import box

OpenPage = Callable[..., Page]


def test_a_click_on_the_confusion_matrix_shows_those_images(open_page: OpenPage) -> None:
    page = open_page("/MLP_Autograd?mlp_tab=Results")
    cells = box(page.locator(".st-key-mlp_confusion .nsewdrag").first)
    page.mouse.click(cells["x"] + 0.95 * cells["width"], cells["y"] + 0.45 * cells["height"])
    page.wait_for_function("() => location.href.includes('mlp_is=4') && location.href.includes('mlp_read=9')")
    none = page.get_by_text("No image of class 4 is predicted as 9")
    page.get_by_role("paragraph").filter(has_text="of class 4 predicted as 9").or_(none).wait_for()
