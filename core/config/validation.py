"""Checks that refuse nonsense with a sentence."""

import math
from dataclasses import dataclass

from core.config.errors import ConfigError


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
    switch: either 0, off, or 1, on. whole: no fractions.
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
