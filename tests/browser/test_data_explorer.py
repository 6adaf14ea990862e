"""The digit under the pointer is shown, a click chooses it, and the choice lives in the address."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage

Settle = Callable[[Page], None]


def stage(page: Page) -> Locator:
    """The canvas of the open tab's map or sheet, once something is drawn on it."""
    canvas = page.locator(".map canvas.stage")
    expect(canvas).to_be_visible()
    page.wait_for_function(
        """() => {
            const find = (root) => root.querySelector('.map canvas.stage')
                ?? [...root.querySelectorAll('*')].map(e => e.shadowRoot && find(e.shadowRoot)).find(Boolean);
            const canvas = find(document);
            if (!canvas || canvas.width < 100) return false;
            const bytes = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            return bytes.some((byte, at) => at % 4 === 3 && byte > 200);
        }"""
    )
    return canvas


def index_field(page: Page) -> Locator:
    return page.get_by_role("spinbutton", name="Image number")


def test_hovering_a_thumbnail_shows_it_and_a_click_chooses_it(open_page: OpenPage, settle: Settle) -> None:
    page = open_page("/Data_Explorer?data_split=Test")
    sheet = stage(page)
    selected = page.get_by_alt_text(re.compile(r"^\d · test image 0$"))
    selected.hover()
    expect(selected).to_have_attribute("title", re.compile(r"^\d · test image 0$"))
    expect(page.locator(".lens")).to_be_hidden()
    sheet.hover(position={"x": 150, "y": 30})
    expect(page.locator(".lens")).to_be_visible()
    said = page.locator(".lens span").inner_text()
    number = re.fullmatch(r"\d · test image ([\d,]+)", said)
    assert number, said
    sheet.click(position={"x": 150, "y": 30})
    settle(page)
    expect(index_field(page)).to_have_value(number[1])
    assert f"data_index={number[1]}" in page.url
    page.reload()
    settle(page)
    expect(index_field(page)).to_have_value(number[1])


def test_hovering_a_map_in_space_shows_the_digit(open_page: OpenPage) -> None:
    page = open_page("/Data_Explorer?data_tab=Map&data_map=PCA 3-D&data_sample=300")
    canvas = stage(page)
    box = canvas.bounding_box()
    assert box
    lens = page.locator(".lens")
    for step in range(40):  # somewhere along the middle there is a digit
        canvas.hover(position={"x": 20 + step * (box["width"] - 40) / 40, "y": box["height"] / 2})
        if lens.is_visible():
            break
    expect(lens).to_be_visible()
    assert re.fullmatch(r"\d · training image [\d,]+", lens.locator("span").inner_text())


def test_a_choice_on_the_map_holds_on_the_next_tab(open_page: OpenPage, settle: Settle) -> None:
    page = open_page("/Data_Explorer?data_tab=Map&data_sample=300")
    canvas = stage(page)
    canvas.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    said = page.locator(".lens span").inner_text()
    page.keyboard.press("Enter")
    settle(page)
    expect(page.get_by_text(f"Selected: {said}")).to_be_visible()
    page.get_by_role("tab", name="Neighbors & outliers").click()
    settle(page)
    number = said.rsplit(" ", 1)[1].replace(",", "")
    expect(index_field(page)).to_have_value(number)


def test_a_drawing_finds_its_neighbors(open_page: OpenPage, settle: Settle) -> None:
    page = open_page("/Data_Explorer?data_tab=Neighbors&data_near=My drawing")
    expect(page.get_by_text("Draw a digit to find")).to_be_visible()
    square = page.locator(".st-key-data_drawing canvas").first
    box = square.bounding_box()
    assert box
    page.mouse.move(box["x"] + 150, box["y"] + 50)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(box["x"] + 150 - step, box["y"] + 50 + step * 18)
    page.mouse.up()
    expect(page.get_by_text("neighbors vote for 1")).to_be_visible()
