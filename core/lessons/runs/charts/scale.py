"""One setting of many runs as places on an axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


def written(value: object) -> str:
    """A setting's value in as few signs as say it: 0.1, 128–64, yes."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return "–".join(written(part) for part in value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Scale:
    """One setting of many runs as places on an axis.

    places: a number for each run; not a number where the run has no such setting. ticks, words: what is
    written where. log: whether the numbers are to be drawn on a logarithmic axis (rates, mostly): positive
    ones that reach over more than a factor of ten. named: whether they are words, in alphabetical order.
    """

    name: str
    places: list[float]
    ticks: list[float]
    words: list[str]
    log: bool
    named: bool


def scale(name: str, values: Sequence[Any]) -> Scale:
    """Numbers stay numbers; words, lists and switches get a place each: 0, 1, 2, …

    values: None where a run has no such setting.
    """
    known = [value for value in values if value is not None]
    if known and all(isinstance(v, int | float) and not isinstance(v, bool) for v in known):
        places = [float("nan") if value is None else float(value) for value in values]
        numbers = sorted({float(value) for value in known if math.isfinite(value)})
        log = bool(numbers) and numbers[0] > 0 and numbers[-1] / numbers[0] > 10
        return Scale(name, places, numbers, [f"{number:g}" for number in numbers], log, named=False)
    words = sorted({written(value) for value in known})
    spots = {word: float(place) for place, word in enumerate(words)}
    places = [float("nan") if value is None else spots[written(value)] for value in values]
    return Scale(name, places, list(spots.values()), words, log=False, named=True)
