"""Rows about what people see in their browser: pages, sliders, strokes; idle, and while a network trains."""

from benchmarks.browser_apps import RECIPE, Use, pair
from benchmarks.browser_slider import every_slider, one_number
from benchmarks.browser_stroke import drawn
from benchmarks.browser_switch import to_and_fro, to_every_page
from benchmarks.measure import Limit, Row

MOST = 0.6  # seconds that a person may wait for an answer to a stroke

OURS_TRAINS = f", while another visitor of this server trains {RECIPE}"
EMPTY_TRAINS = f", while another visitor of its server trains {RECIPE} in the same way"


def _beside(name: str, ours: tuple[str, Use], empty: tuple[str, Use], limit: Limit | None) -> dict[str, Row]:
    """The row with both servers idle, and the row with a network in training in the one that is measured."""
    (our_words, our_use), (empty_words, empty_use) = ours, empty
    idle = Row(our_words, empty_words, 0.5, pair(our_use, empty_use, train=False), limit=limit, quick=False, rounds=3)
    training = Row(
        our_words + OURS_TRAINS,
        empty_words + EMPTY_TRAINS,
        0.5,
        pair(our_use, empty_use, train=True),
        limit=limit,
        quick=False,
        rounds=3,
    )
    return {f"{name}/idle": idle, f"{name}/training": training}


ROWS: dict[str, Row] = {
    **_beside(
        "page-switch",
        (
            "from the click on a link until the new page stands in Chromium, charts and pictures included: "
            "median over all pages; worst_page_s: the slowest; title_s: until the title alone stands",
            to_every_page,
        ),
        ("the same in an app of two pages that hold a heading and nothing else", to_and_fro),
        None,
    ),
    **_beside(
        "slider",
        ("from the arrow key on a slider until all that it changes stands: median over nine lessons", every_slider),
        ("the same in an app of one slider and its number", one_number),
        None,
    ),
    **_beside(
        "stroke",
        (
            "from lifting the pen on Home's canvas until the network's answer stands",
            lambda app: drawn(app, "/", "home_draw"),
        ),
        ("the same canvas in an app that counts the pixels of ink", lambda app: drawn(app, "/canvas", "ink")),
        Limit("stroke_s", MOST),
    ),
}
