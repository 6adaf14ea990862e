"""How far the distribution that a layer receives moves and widens while the layers before it learn.

Ioffe & Szegedy (2015) named this "internal covariate shift" and built batch norm against it; whether that is
why batch norm helps is disputed (Santurkar et al. 2018). The moving itself can be measured.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Drift:
    """Nine tenths of what a layer received lay in a range this wide, at the first look and at the last."""

    layer: str
    start: float
    end: float

    @property
    def factor(self) -> float:
        """How many times wider at the end; nan where it cannot be said."""
        return self.end / self.start if self.start > 0 else math.nan


def drift(rows: Sequence[Mapping[str, Any]], layer: str) -> Drift | None:
    """From rows of `History.spreads`; None without two looks whose numbers are finite."""
    known = [row[layer] for row in rows if layer in row and all(value is not None for value in row[layer])]
    if len(known) < 2:
        return None
    first, last = known[0], known[-1]
    return Drift(layer, first[4] - first[0], last[4] - last[0])
