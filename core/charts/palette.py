"""One meaning, one color, on every page.

The hues are those of Okabe and Ito ("Color Universal Design", 2008): told apart by people with any of the
common color-vision deficiencies. Some are a shade lighter or darker than published, so that each shows on
the light and on the dark theme. `.streamlit/config.toml` repeats them for charts that Streamlit colors.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.config.choices import Hue
from core.config.optimizers import OPTIMIZERS

BLUE: Final = "#1A83C4"
ORANGE: Final = "#D98E00"
GREEN: Final = "#009E73"
VERMILLION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
SKY: Final = "#4AAEE3"
YELLOW: Final = "#B8A200"  # Okabe-Ito's #F0E442, darkened until it shows on white
VIOLET: Final = "#7A6FD0"  # the three hues below extend the set to ten
BROWN: Final = "#A06A35"
GRAY: Final = "#8E99A3"

#: The hues by the names that entries of choices give them.
HUES: Final[dict[Hue, str]] = {
    "blue": BLUE,
    "orange": ORANGE,
    "green": GREEN,
    "vermillion": VERMILLION,
    "purple": PURPLE,
    "sky": SKY,
    "yellow": YELLOW,
    "violet": VIOLET,
    "brown": BROWN,
    "gray": GRAY,
}
CATEGORICAL: Final[tuple[str, ...]] = tuple(HUES.values())

#: Which images a number was measured on.
SPLITS: Final[dict[str, str]] = {"train": BLUE, "validation": ORANGE, "test": GREEN, "attacked": VERMILLION}

#: Digit d has color DIGITS[d]; neighbors in this list differ in lightness as well as in hue.
DIGITS: Final[tuple[str, ...]] = (BLUE, ORANGE, GREEN, VERMILLION, SKY, PURPLE, BROWN, YELLOW, VIOLET, GRAY)

#: The five languages of the words, in the order of `core.config.language.LANGUAGES`.
LANGUAGES: Final[tuple[str, ...]] = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE)

#: Ways to guess a language, by their names in `core.lessons.language.contest`.
GUESSERS: Final[dict[str, str]] = {"letters": GRAY, "pieces": ORANGE, "rnn": SKY, "gru": BLUE, "lstm": VIOLET}

Scale = tuple[tuple[float, str], ...]

#: Signed quantities (weights, gradients, perturbations): blue below zero, orange above, pale at zero.
DIVERGING: Final[Scale] = ((0.0, "#00476F"), (0.25, "#4C9DCB"), (0.5, "#F7F7F5"), (0.75, "#E38F5B"), (1.0, "#8F3F00"))

#: Quantities that start at zero (activations, counts): cividis, which survives any color vision and print.
SEQUENTIAL: Final[Scale] = ((0.0, "#00224E"), (0.25, "#434E6C"), (0.5, "#7D7C78"), (0.75, "#BCAF6F"), (1.0, "#FEE838"))

#: Digits as MNIST stores them: 0 is black paper, 1 is white ink.
GRAY_INK: Final[Scale] = ((0.0, "#000000"), (1.0, "#FFFFFF"))


def optimizer_color(name: str) -> str:
    """The color of an optimizer; gray where a record names one that is not there any more."""
    return HUES[OPTIMIZERS[name].color] if name in OPTIMIZERS else GRAY


def rgb(color: str) -> tuple[int, int, int]:
    """A color "#RRGGBB" as its red, green and blue, each from 0 to 255."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def pale(color: str, share: float = 0.18) -> str:
    """The color, mostly see-through: for bands. share: how much of it is left, in [0, 1]."""
    red, green, blue = rgb(color)
    return f"rgba({red}, {green}, {blue}, {share})"


def along(scale: Scale, places: ArrayLike) -> NDArray[np.float64]:
    """Places (…) along a scale, 0 its start and 1 its end, as red, green and blue (…, 3) from 0 to 255.

    Between two stops the colors are mixed in proportion; they are not rounded. NaN stays NaN.
    """
    stops, inks = [stop for stop, _ in scale], np.array([rgb(ink) for _, ink in scale], dtype=float)
    at = np.asarray(places, dtype=float)
    return np.stack([np.interp(at, stops, inks[:, part]) for part in range(3)], axis=-1)
