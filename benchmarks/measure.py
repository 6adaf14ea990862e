"""Timing two ways of doing the same thing, fairly: in turns, and by their medians."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch

from core.data.digits import Mnist


class Took(NamedTuple):
    """What one run took: the seconds that count, and the processor threads it used (None if not known)."""

    seconds: float
    threads: int | None


Timed = Callable[[], Took]


@dataclass(frozen=True)
class Setup:
    """What all rows share: the digits, and whether to be quick about it."""

    mnist: Mnist
    quick: bool

    def digits(self, few: int) -> Mnist:
        """What is trained on: all of them, or the first `few` training images in a quick run."""
        return (
            replace(self.mnist, train=self.mnist.train.take(slice(None, few))) if self.quick else self.mnist
        )


@dataclass(frozen=True)
class Row:
    """One comparison.

    ours, baseline: what is timed, in words. aim: the ratio to reach. prepare: makes the two functions, each
    of which does its work once and says what it took.
    """

    ours: str
    baseline: str
    aim: float
    prepare: Callable[[Setup], tuple[Timed, Timed]]


def timed(work: Callable[[], object]) -> Timed:
    """`work` as a function that times all of it."""

    def run() -> Took:
        started = time.perf_counter()
        work()
        return Took(time.perf_counter() - started, torch.get_num_threads())

    return run


def measure(name: str, row: Row, setup: Setup) -> dict[str, Any]:
    """Run both in turns, a first time for nothing, and compare their medians.

    Every run begins with the number of threads that PyTorch had before the row, whatever the one before it
    chose. `threads`, `baseline_threads`: what each side's runs used, the most frequent number.
    """
    threads = torch.get_num_threads()

    def once(side: Timed) -> Took:
        torch.set_num_threads(threads)
        return side()

    try:
        ours, baseline = row.prepare(setup)
        once(ours), once(baseline)
        pairs = [(once(ours), once(baseline)) for _ in range(rounds(setup.quick))]
    finally:
        torch.set_num_threads(threads)
    mine, other = zip(*pairs, strict=True)
    seconds, theirs = (statistics.median(took.seconds for took in side) for side in (mine, other))
    return {
        "name": name,
        "seconds": seconds,
        "threads": statistics.mode(took.threads for took in mine),
        "baseline": row.baseline,
        "baseline_seconds": theirs,
        "baseline_threads": statistics.mode(took.threads for took in other),
        "ratio": theirs / seconds,
        "aim": row.aim,
        "rounds": len(pairs),
        "ours": row.ours,
    }


def rounds(quick: bool) -> int:
    """How often both sides run, after the first time for nothing."""
    return 3 if quick else 5


def load_average() -> float | None:
    """How many processes wanted a core during the last minute; None where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None
