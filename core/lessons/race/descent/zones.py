"""How a learning rate behaves, in a word: what the factor says before the walk, and what the walk then did.

Near the bottom of a valley every step of plain gradient descent multiplies the distance to it by
1 − lr · f″. On x² + 2 that is 1 − 2·lr exactly and everywhere: it turns negative at lr 0.5 and reaches −1
at lr 1.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.lessons.race.descent.paths import Path

Zone = Literal[
    "slow convergence", "converging", "oscillating", "sustained oscillation", "diverging", "ascending", "at the minimum"
]

SLOW = 0.95  # a step that leaves more of the distance than this converges slowly: half the way takes 14 steps
EDGE = 1e-9  # a factor this near to ±1 changes nothing that could be seen

#: What each word means, in a sentence.
MEANING: dict[Zone, str] = {
    "slow convergence": "Every step leaves more than 95% of the distance to the minimum.",
    "converging": "Every step covers the same share of the distance to the minimum.",
    "oscillating": "Every step overshoots the minimum, but lands nearer to it.",
    "sustained oscillation": "Every step overshoots and lands as far from the minimum as it began.",
    "diverging": "Every step overshoots and lands farther from the minimum than it began.",
    "ascending": "Every step increases f.",
    "at the minimum": "x₀ is already at the minimum: no step is made.",
}


@dataclass(frozen=True)
class Span:
    """A zone of the learning rate on the parabola, from `low` to `high`."""

    zone: Zone
    low: float
    high: float


#: The zones of x² + 2 by the learning rate, in order; the last one has no end.
PARABOLA: tuple[Span, ...] = (
    Span("slow convergence", 0.0, (1 - SLOW) / 2),
    Span("converging", (1 - SLOW) / 2, 0.5),
    Span("oscillating", 0.5, 1.0),
    Span("diverging", 1.0, float("inf")),
)


def factor(lr: float, second_derivative: float, *, ascent: bool = False) -> float:
    """What one step multiplies a small distance to the bottom by: 1 − lr · f″, or 1 + lr · f″ uphill."""
    return 1 + lr * second_derivative if ascent else 1 - lr * second_derivative


def zone(q: float) -> Zone:
    """The word for a factor."""
    if abs(abs(q) - 1) <= EDGE:
        return "sustained oscillation"
    if abs(q) > 1:
        return "diverging"
    if q < 0:
        return "oscillating"
    return "slow convergence" if q > SLOW else "converging"


def seen(path: Path, *, arrived: bool, ascent: bool = False) -> Zone:
    """The word for what a walk in one dimension did, from its numbers alone, whatever the optimizer."""
    if not path.updates and arrived:
        return "at the minimum"
    x, y = path.points[:, 0], path.values
    gain = float(y[-1] - y[0])
    if ascent and (gain > 0 or path.overflowed):
        return "ascending"
    size = max(1e-300, float(np.abs(y).max()))
    if path.overflowed or gain > EDGE * size:
        return "diverging"
    if path.updates and not arrived and abs(gain) <= EDGE * size and _turns(x) > 0.5:
        return "sustained oscillation"
    if _turns(x) > 0.5:
        return "oscillating"
    return "converging" if arrived else "slow convergence"


def _turns(x: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Share of updates that go the other way than the one before."""
    steps = np.diff(x)
    return float((steps[1:] * steps[:-1] < 0).mean()) if len(steps) > 1 else 0.0
