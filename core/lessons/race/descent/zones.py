"""How a rate behaves, in a word: what the factor says before the walk, and what the walk then did.

Near the bottom of a valley every step of plain gradient descent multiplies the distance to it by
1 − lr · f″. On x² + 2 that is 1 − 2·lr exactly and everywhere: it turns negative at lr 0.5 and reaches −1
at lr 1.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.lessons.race.descent.paths import Path

Zone = Literal["crawling", "straight down", "oscillating", "at the edge", "diverging", "climbing", "at rest"]

SLOW = 0.95  # a step that leaves more of the distance than this crawls: half the way takes 14 steps
EDGE = 1e-9  # a factor this near to ±1 changes nothing that could be seen

#: What each word means, in a sentence.
MEANING: dict[Zone, str] = {
    "crawling": "Every step leaves more than 95% of the distance.",
    "straight down": "Every step is a fixed share of the way to the bottom.",
    "oscillating": "Every step lands beyond the bottom, but nearer to it.",
    "at the edge": "Every step lands just as far from the bottom as it began.",
    "diverging": "Every step lands farther from the bottom than it began.",
    "climbing": "Every step goes uphill.",
    "at rest": "The start is at the bottom already: no step is made.",
}


@dataclass(frozen=True)
class Span:
    """A zone of the rate on the parabola, from `low` to `high`."""

    zone: Zone
    low: float
    high: float


#: The zones of x² + 2 by the rate, in order; the last one has no end.
PARABOLA: tuple[Span, ...] = (
    Span("crawling", 0.0, (1 - SLOW) / 2),
    Span("straight down", (1 - SLOW) / 2, 0.5),
    Span("oscillating", 0.5, 1.0),
    Span("diverging", 1.0, float("inf")),
)


def factor(lr: float, second_derivative: float, *, ascent: bool = False) -> float:
    """What one step multiplies a small distance to the bottom by: 1 − lr · f″, or 1 + lr · f″ uphill."""
    return 1 + lr * second_derivative if ascent else 1 - lr * second_derivative


def zone(q: float) -> Zone:
    """The word for a factor."""
    if abs(abs(q) - 1) <= EDGE:
        return "at the edge"
    if abs(q) > 1:
        return "diverging"
    if q < 0:
        return "oscillating"
    return "crawling" if q > SLOW else "straight down"


def seen(path: Path, *, arrived: bool, ascent: bool = False) -> Zone:
    """The word for what a walk in one dimension did, from its numbers alone, whatever the optimizer."""
    if not path.updates and arrived:
        return "at rest"
    x, y = path.points[:, 0], path.values
    gain = float(y[-1] - y[0])
    if ascent and (gain > 0 or path.overflowed):
        return "climbing"
    size = max(1e-300, float(np.abs(y).max()))
    if path.overflowed or gain > EDGE * size:
        return "diverging"
    if path.updates and not arrived and abs(gain) <= EDGE * size and _turns(x) > 0.5:
        return "at the edge"
    if _turns(x) > 0.5:
        return "oscillating"
    return "straight down" if arrived else "crawling"


def _turns(x: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Share of updates that go the other way than the one before."""
    steps = np.diff(x)
    return float((steps[1:] * steps[:-1] < 0).mean()) if len(steps) > 1 else 0.0
