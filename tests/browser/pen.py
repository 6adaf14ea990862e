"""A hand with a mouse, for canvases in browser tests."""

from playwright.sync_api import Page, expect

Strokes = list[list[tuple[int, int]]]

SEVEN: Strokes = [[(70, 70), (200, 70), (130, 230)]]
ONE: Strokes = [[(140, 40), (140, 240)]]


def draw(page: Page, canvas_key: str, strokes: Strokes) -> None:
    """Draw on the `digit_canvas` of that key; points are canvas pixels from its upper left corner."""
    canvas = page.locator(f".st-key-{canvas_key} canvas.upper-canvas")
    expect(canvas).to_have_count(1)  # just cleared, the old one stands beside the new one for a moment
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for (x, y), *rest in strokes:
        page.mouse.move(box["x"] + x, box["y"] + y)
        page.mouse.down()
        for to_x, to_y in rest:
            page.mouse.move(box["x"] + to_x, box["y"] + to_y, steps=12)
        page.mouse.up()
