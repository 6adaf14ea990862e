"""Placed points: through the address and back, whatever anybody writes into it."""

import math

from hypothesis import given
from hypothesis import strategies as st

from pages.ui.regression import placed_points
from pages.ui.regression.controls import in_pi
from pages.ui.regression.placed_points import MOST, read, snapped, write

NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=100))
def test_there_and_back(points: list[tuple[float, float]]) -> None:
    kept = snapped(points)
    assert read(write(kept)) == kept
    assert len(kept) == len(set(kept)) <= MOST
    for x, y in kept:
        assert placed_points.LEFT <= x <= placed_points.RIGHT
        assert placed_points.BOTTOM <= y <= placed_points.TOP
        assert x / placed_points.STEP == round(x / placed_points.STEP)


@given(st.text(max_size=200))
def test_any_address_is_read(words: str) -> None:
    assert len(read(words)) <= MOST


def test_what_cannot_be_read_is_left_out() -> None:
    assert read("4.2_x.1_3_8.-4") == ((1.0, 0.5), (2.0, -1.0))
    assert read("none") == ()
    assert write(()) == "none"
    assert read("999999999999999999999999.0") == ((placed_points.RIGHT, 0.0),)


def test_places_in_words() -> None:
    assert [in_pi(v) for v in (-2 * math.pi, math.pi, -math.pi, 0.0, -2.0, 2.5)] == ["−2π", "π", "−π", "0", "−2", "2.5"]
