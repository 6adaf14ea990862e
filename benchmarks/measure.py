"""Timing two ways of doing the same thing, fairly: in turns, and by their medians."""

import os
import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

import torch

from core.config.errors import LabError
from core.data.digits import Mnist
from core.models.threads import take_threads

NOTHING: Mapping[str, float] = MappingProxyType({})


class Took(NamedTuple):
    """What one run took.

    seconds: what counts, in the row's unit (seconds, where the row names no other). threads: the processor
    threads it used, None if not known. extra: further numbers by their names in the results, units in the
    names, as `p95_ms`.
    """

    seconds: float
    threads: int | None = None
    extra: Mapping[str, float] = NOTHING


Timed = Callable[[], Took]


@dataclass(frozen=True)
class Setup:
    """What all rows share: the digits, and whether to be quick about it.

    opened: what a row opens while it prepares (a server, a browser) and needs until its last round.
    """

    mnist: Mnist
    quick: bool
    opened: ExitStack = field(default_factory=ExitStack)

    def digits(self, few: int) -> Mnist:
        """All of them; in a quick run the first `few` training images, and for the test a sixth as many."""
        if not self.quick:
            return self.mnist
        train, test = self.mnist.train.take(slice(None, few)), self.mnist.test.take(slice(None, few // 6))
        return replace(self.mnist, train=train, test=test)


@dataclass(frozen=True)
class Limit:
    """An aim in absolute numbers, where people wait: the extra number `key` is to be at most `most`."""

    key: str
    most: float


@dataclass(frozen=True)
class Row:
    """One comparison.

    ours, baseline: what is measured, in words. aim: the ratio to reach, None where there is only a `limit`.
    prepare: makes the two functions, each of which does its work once and says what it took; it raises
    LabError, with a sentence, where the row cannot be measured here. unit: of what both take. limit: to be
    kept besides. quick: whether a quick run takes part in it. rounds: how often both sides run in a whole
    run, None for as often as the others.
    """

    ours: str
    baseline: str
    aim: float | None
    prepare: Callable[[Setup], tuple[Timed, Timed]]
    unit: str = "s"
    limit: Limit | None = None
    quick: bool = True
    rounds: int | None = None


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
    chose. `threads`, `baseline_threads`: what each side's runs used, the most frequent number. `ratio_low`,
    `ratio_high`: of single rounds, ours and the baseline right after it. `extra`: medians as well, means of
    what begins with `mean_`.
    `reached`: whether the ratio is as large as its aim and the limit is kept. `skipped`: "", or a sentence
    why the row could not be measured here; then it has no numbers.
    """
    threads = torch.get_num_threads()

    def once(side: Timed) -> Took:
        take_threads(threads)
        return side()

    pairs: list[tuple[Took, Took]] = []
    skipped = ""
    opened = ExitStack()
    try:
        try:
            ours, baseline = row.prepare(replace(setup, opened=opened))
        except LabError as error:
            skipped = str(error)
        else:
            once(ours), once(baseline)
            pairs = [(once(ours), once(baseline)) for _ in range(rounds(row, setup.quick))]
    finally:
        opened.close()
        take_threads(threads)
    return {
        "name": name,
        **_numbers(row, pairs),
        "aim": row.aim,
        "limit": row.limit and {"key": row.limit.key, "most": row.limit.most},
        "unit": row.unit,
        "rounds": len(pairs),
        "ours": row.ours,
        "baseline": row.baseline,
        "skipped": skipped,
    }


def _numbers(row: Row, pairs: list[tuple[Took, Took]]) -> dict[str, Any]:
    """What the rounds say together; every number None where there was none."""
    if not pairs:
        names = "seconds threads baseline_seconds baseline_threads ratio ratio_low ratio_high reached"
        return {**dict.fromkeys(names.split()), "extra": {}}
    mine, other = zip(*pairs, strict=True)
    seconds, theirs = (statistics.median(took.seconds for took in side) for side in (mine, other))
    ratio = theirs / seconds
    single = [baseline.seconds / ours.seconds for ours, baseline in pairs]
    extra = {**_medians(other), **_medians(mine)}
    return {
        "seconds": seconds,
        "threads": statistics.mode(took.threads for took in mine),
        "baseline_seconds": theirs,
        "baseline_threads": statistics.mode(took.threads for took in other),
        "ratio": ratio,
        "ratio_low": min(single),
        "ratio_high": max(single),
        "reached": (row.aim is None or ratio >= row.aim)
        and (row.limit is None or extra[row.limit.key] <= row.limit.most),
        "extra": extra,
    }


def _medians(side: tuple[Took, ...]) -> dict[str, float]:
    """Medians over the rounds, but a mean of what is called one."""
    summaries = {key: statistics.mean if key.startswith("mean_") else statistics.median for key in side[0].extra}
    return {key: summary(took.extra[key] for took in side) for key, summary in summaries.items()}


def rounds(row: Row, quick: bool) -> int:
    """How often both sides run, after the first time for nothing."""
    return 3 if quick else row.rounds or 5


def load_average() -> float | None:
    """How many processes wanted a core during the last minute; None where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None
