"""A stroke drawn with the mouse: from lifting the pen until what it changes stands."""

import statistics

from benchmarks.browser import seconds, settle
from benchmarks.browser_apps import App
from benchmarks.measure import Timed, Took

STROKES = [((70, 70), (200, 70)), ((200, 70), (130, 230)), ((90, 150), (190, 150))]  # a seven with a bar


def drawn(app: App, path: str, canvas: str) -> Timed:
    """Draw a seven in three strokes, then clear the canvas; canvas: the key of what it stands in."""
    page = app.open(path)

    def run() -> Took:
        took = []
        for (x, y), (to_x, to_y) in STROKES:
            square = page.locator(f".st-key-{canvas} canvas.upper-canvas")
            box = square.bounding_box()
            assert box is not None
            page.mouse.move(box["x"] + x, box["y"] + y)
            page.mouse.down()
            page.mouse.move(box["x"] + to_x, box["y"] + to_y, steps=12)
            took.append(seconds(page, "pointerup", page.mouse.up))
        page.get_by_role("button", name="Clear").click()
        settle(page)
        return Took(statistics.median(took), extra={"stroke_s": statistics.median(took)})

    return run
