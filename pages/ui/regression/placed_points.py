"""Points that somebody placed: kept in the session and in the address, set and taken away."""

import math
from collections.abc import Callable, Iterable

import numpy as np
import streamlit as st

from pages.ui.kit.shell import state
from pages.ui.kit.widgets.binding import ignore

Points = tuple[tuple[float, float], ...]

KEY = "regression-sine_placed"  # where the settings of a run put it, too
PARAMETER = "reg_points"
NONE = "none"
MOST = 60  # an address holds no more
LEFT, RIGHT, BOTTOM, TOP = -5.0, 5.0, -3.0, 3.0  # of the board
STEP = 0.25  # between two places on it


def _hills(x: float) -> float:
    return 1.6 * math.sin(x) + 0.25 * x


def _bump(x: float) -> float:
    return 2 * math.exp(-x * x)


def _stairs(x: float) -> float:
    return math.floor((x + 5) / 2.5) - 1.5


SHAPES: dict[str, Callable[[float], float]] = {
    "Hills": _hills,
    "One bump": _bump,
    "Stairs": _stairs,
    "Zigzag": lambda x: abs((x % 4) - 2) * 2 - 2,
}


def shape(name: str) -> Points:
    """A preset: twenty places of the board near a curve, in an order that leaves no stretch to the test."""
    xs = np.linspace(LEFT + 0.25, RIGHT - 0.25, 20)
    order = np.random.default_rng(0).permutation(len(xs))
    return snapped((float(xs[i]), SHAPES[name](float(xs[i]))) for i in order)


def snapped(points: Iterable[tuple[float, float]]) -> Points:
    """The nearest places of the board, inside it, each once, at most MOST."""
    found: dict[tuple[float, float], None] = {}
    for x, y in points:
        if math.isfinite(x) and math.isfinite(y):
            place = (_near(min(RIGHT, max(LEFT, x))), _near(min(TOP, max(BOTTOM, y))))
            found.setdefault(place)
    return tuple(found)[:MOST]


def _near(value: float) -> float:
    return round(value / STEP) * STEP + 0.0  # no −0


def placed_points() -> Points:
    """The points as they are now; a preset before anybody placed one."""
    kept = st.session_state.get(KEY)
    return snapped(kept) if kept is not None else shape("Hills")


def put_back() -> None:
    """Take the points from the address if it says some, and write it anew: page links clear it."""
    if st.session_state.get(KEY) == ():  # the recipe's settings were put back; who clears leaves a list
        del st.session_state[KEY]
        state.remember(PARAMETER, None)
    words = state.recall(PARAMETER)
    if words is not None and words != st.session_state.get(f"{KEY}_words"):
        st.session_state[KEY] = list(read(words))
        lost = [word for word in words.split("_") if word != NONE and not _places(word)]
        if lost:
            ignore(PARAMETER, "_".join(lost), "names no place of the board", key=KEY)
    if KEY in st.session_state:
        _write()


def set_points(points: Points) -> None:
    """Keep these points (none of them too)."""
    st.session_state[KEY] = list(snapped(points))
    _write()


def _write() -> None:
    words = write(snapped(st.session_state[KEY]))
    st.session_state[f"{KEY}_words"] = words
    state.remember(PARAMETER, words)


def write(points: Points) -> str:
    """Points for an address, in steps of the board: "-4.3_0.2"; "none" for none."""
    return "_".join(f"{round(x / STEP)}.{round(y / STEP)}" for x, y in points) or NONE


def read(words: str) -> Points:
    """Points from an address; what cannot be read is left out."""
    return snapped(place for word in words.split("_")[: 2 * MOST] for place in _places(word))


def _places(word: str) -> Points:
    """The place that one word of an address names, if it names any."""
    x, _, y = word.partition(".")
    try:
        return ((int(x) * STEP, int(y) * STEP),)
    except (ValueError, OverflowError):
        return ()
