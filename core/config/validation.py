"""Checks that refuse nonsense with a sentence."""

import argparse
import json
import math
import re
from dataclasses import dataclass
from typing import Any

from core.config.errors import ConfigError
from core.config.escaping import clean


def is_number(value: object) -> bool:
    """Whether `value` is a finite number (True and False are not)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number too large for a float
        return False


def require(condition: bool, sentence: str) -> None:
    """Raise ConfigError with `sentence` unless `condition` holds."""
    if not condition:
        raise ConfigError(sentence)


def one_of(value: object, choices: tuple[str, ...], what: str) -> None:
    """Refuse a `value` outside `choices`, listing them."""
    require(value in choices, f"{what} must be one of {', '.join(choices)}; it is {value!r}.")


def whole(value: object, low: int, high: int, what: str) -> None:
    """Refuse anything but a whole number in [low, high]."""
    fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    require(fits, f"{what} must be a whole number from {low:,} to {high:,}; it is {value!r}.")


@dataclass(frozen=True)
class Setting:
    """One number an optimizer or an attack takes: its default, its range and what it does.

    low, high: the range; `open_low` / `open_high` leave the end itself out. log: slide on a log scale.
    switch: either 0, off, or 1, on. whole: no fractions. stops: the values a slider offers where it does not
    go by even steps, step: how far apart they are where it does; both are worked out where they are not said.
    label: what stands above the widget, symbol: what stands in a formula (LaTeX); else the setting's name.
    """

    default: float
    low: float
    high: float
    help: str
    log: bool = False
    open_low: bool = False
    open_high: bool = False
    switch: bool = False
    whole: bool = False
    stops: tuple[float, ...] = ()
    step: float = 0.0
    label: str = ""
    symbol: str = ""

    @property
    def by_stops(self) -> bool:
        """Whether a slider over powers of ten, or over stops of its own, shows it best."""
        return bool(self.stops) or self.log or self.high > 100 * max(1.0, self.default)

    def ladder(self) -> tuple[float, ...]:
        """What such a slider offers: its stops, or 1, 2, 3, 5, 7 times powers of ten; 0 too where it may be."""
        if self.stops:
            return self.stops
        least = self.low or (1.0 if self.whole else min(1e-4, self.default or 1e-4))
        exponents = range(math.floor(math.log10(least)), math.ceil(math.log10(self.high)) + 1)
        rungs = [float(f"{digit}e{exponent}") for exponent in exponents for digit in (1, 2, 3, 5, 7)]
        inside = [rung for rung in rungs if least <= rung <= self.high and (not self.whole or rung == int(rung))]
        return (0.0, *inside) if self.low == 0 and not self.open_low else tuple(inside)

    def grid(self, value: float) -> tuple[float, float, float]:
        """(low, high, step) of a slider by even steps, in which `value` lies; an open end is a step away.

        The steps are hundredths of the range or so; a value nearer to an open end makes them finer.
        """
        step = self.step or 10.0 ** (math.floor(math.log10(self.high - self.low)) - 2)
        for size in (step, step / 100):
            low, high = self.low + size * self.open_low, self.high - size * self.open_high
            if low <= value <= high:
                break
        return min(low, value), max(high, value), size

    def check(self, name: str, value: object) -> None:
        """Refuse a value that is no number or lies outside the range."""
        require(is_number(value), f"{name} must be a number, not {str(value)[:40]!r}.")
        assert isinstance(value, int | float)
        low = value > self.low if self.open_low else value >= self.low
        high = value < self.high if self.open_high else value <= self.high
        left, right = (("more than" if self.open_low else "at least"), ("less than" if self.open_high else "at most"))
        require(low and high, f"{name} must be {left} {self.low:g} and {right} {self.high:g}; it is {value:g}.")
        require(not self.switch or value in (0, 1), f"{name} is off (0) or on (1); it is {value:g}.")
        require(not self.whole or value == int(value), f"{name} must be a whole number; it is {value:g}.")


# Numbers as people type them: .1, 1e-1, 1/10 and 8/255 are numbers wherever one is asked for.


_DECIMAL = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_NUMBER = re.compile(rf"({_DECIMAL})(?:\s*/\s*({_DECIMAL}))?", re.ASCII)


def number(text: str) -> int | float:
    """The finite number that `text` writes, as decimals or as a fraction; an int where it has no point.

    Raises ArgumentTypeError, in words for whoever typed it.
    """
    found = _NUMBER.fullmatch(text.strip().replace("\N{MINUS SIGN}", "-"))
    above, below = (float(found[1]), float(found[2] or 1)) if found else (math.nan, 1.0)
    value = above / below if below else math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{clean(text, 40)!r} is not a number; write it like 0.1, 1e-1 or 1/10")
    return int(value) if value == int(value) and "." not in text else value


def integer(text: str) -> int:
    """The whole number that `text` writes. Raises ArgumentTypeError, in words for whoever typed it."""
    value = number(text)
    if value != int(value):
        raise argparse.ArgumentTypeError(f"{clean(text, 40)!r} is not a whole number")
    return int(value)


def setting(text: str) -> Any:
    """A setting's value: a number, what JSON writes (true, null, [[0, 1]]), or else the word itself."""
    try:
        return number(text)
    except argparse.ArgumentTypeError:
        pass
    try:
        value = json.loads(text.lower())
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, bool | list | None) else text
