"""Timing two ways of doing the same thing, fairly: in turns, and by their medians."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.data.digits import Mnist

Timed = Callable[[], float]


@dataclass(frozen=True)
class Setup:
    """What all rows share: the digits, and whether to be quick about it."""

    mnist: Mnist
    quick: bool


@dataclass(frozen=True)
class Row:
    """One comparison.

    ours, baseline: what is timed, in words. aim: the ratio to reach. prepare: makes the two functions, each
    of which does its work once and returns the seconds that count.
    """

    ours: str
    baseline: str
    aim: float
    prepare: Callable[[Setup], tuple[Timed, Timed]]


def timed(work: Callable[[], object]) -> Timed:
    """`work` as a function that returns the seconds it took."""

    def run() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return run


def measure(name: str, row: Row, setup: Setup) -> dict[str, Any]:
    """Run both in turns, a first time for nothing, and compare their medians."""
    ours, baseline = row.prepare(setup)
    ours(), baseline()
    rounds = 3 if setup.quick else 5
    pairs = [(ours(), baseline()) for _ in range(rounds)]
    seconds, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    return {
        "name": name,
        "seconds": seconds,
        "baseline": row.baseline,
        "baseline_seconds": theirs,
        "ratio": theirs / seconds,
        "aim": row.aim,
        "rounds": rounds,
        "ours": row.ours,
    }


def load_average() -> float | None:
    """How many processes wanted a core during the last minute; None where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None
