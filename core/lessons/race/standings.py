"""Who leads a race: accuracy now, speed, and how long each lane took to a given accuracy.

Seeds run one after another, and a mean over seeds that are not equally far compares nothing. So means are of
the seeds that every lane has run to its end; before there is one, of the first.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from core.config.proportion import Proportion
from core.config.race import RaceConfig
from core.lessons.race.race import LaneRun
from core.lessons.race.race_lines import rows

LAST = 20  # steps whose mean loss counts as the loss now


@dataclass(frozen=True)
class Spread:
    """Values of several seeds: mean, standard deviation (0 for one), lowest, highest, how many."""

    mean: float
    deviation: float
    low: float
    high: float
    seeds: int


@dataclass(frozen=True)
class Reached:
    """When a lane first read a target share of the validation images right.

    seeds: how many got there, `of` how many that are equally far. steps, examples, seconds (of the lane's own
    steps): means over those that got there, None where nobody did.
    """

    seeds: int
    of: int
    steps: float | None
    examples: float | None
    seconds: float | None


@dataclass(frozen=True)
class Standing:
    """One lane now. validation: share of the held-out images read right, newest measurement of each seed
    that is equally far; `of` so many that are to be run.

    loss: mean of the last 20 batches of the same seeds (nats per image). speed: images a second of its own
    steps. begun: seeds that have started. diverged: how many of them ended without a number; message: what
    the first one said.
    test: accuracy on the test images over the same seeds without those that diverged; None until all its
    runs have ended.
    interval: its 95% interval (for the mean over the seeds, as far as the choice of test images goes); None
    where a seed diverged: a mean over the lucky ones says nothing of the next run.
    """

    lane: str
    validation: Spread | None
    loss: float | None
    speed: float | None
    begun: int
    diverged: int
    message: str
    reached: Reached
    test: Spread | None
    of: int
    interval: tuple[float, float] | None


def spread(values: Sequence[float]) -> Spread | None:
    """Of nothing: None."""
    if not values:
        return None
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return Spread(statistics.fmean(values), deviation, min(values), max(values), len(values))


def equally_far(runs: Sequence[LaneRun]) -> list[int]:
    """The seeds whose means compare the lanes: all that every lane has run to its end, else the first."""
    seeds = dict.fromkeys(run.seed for run in runs)
    going = {run.seed for run in runs if run.status not in ("finished", "diverged")}
    return [seed for seed in seeds if seed not in going] or list(seeds)[:1]


def reached(runs: Sequence[LaneRun], target: float) -> Reached:
    """When the lane's `runs` first had a validation accuracy of at least `target` (a fraction)."""
    begun = [run for run in runs if run.status != "waiting"]
    firsts = [
        next((row for row in rows(run) if (row.get("validation_accuracy") or 0.0) >= target), None) for run in begun
    ]
    there = [row for row in firsts if row is not None]
    if not there:
        return Reached(0, len(begun), None, None, None)
    means = [statistics.fmean(float(row[name] or 0) for row in there) for name in ("step", "examples", "seconds")]
    return Reached(len(there), len(begun), *means)


def within_reach(config: RaceConfig, runs: Sequence[LaneRun]) -> int:
    """The highest whole percentage of validation accuracy that some lane has reached with every seed that is
    equally far."""
    most, seeds = 0, equally_far(runs)
    for lane in config.lanes:
        own = [run for run in runs if run.lane == lane.name and run.seed in seeds]
        tops = [max((float(row.get("validation_accuracy") or 0) for row in rows(run)), default=0.0) for run in own]
        most = max(most, math.floor(100 * min(tops, default=0.0) + 1e-9))
    return most


def standings(config: RaceConfig, runs: Sequence[LaneRun], n_test: int, target: float) -> list[Standing]:
    """Every lane, in the order of the lanes. n_test: test images, for the interval."""
    seeds = equally_far(runs)
    return [
        _standing(lane.name, [r for r in runs if r.lane == lane.name], seeds, n_test, target) for lane in config.lanes
    ]


def _standing(lane: str, runs: list[LaneRun], seeds: list[int], n_test: int, target: float) -> Standing:
    begun = [run for run in runs if run.status != "waiting"]
    fallen = [run for run in begun if run.status == "diverged"]
    equal = [run for run in begun if run.seed in seeds]
    going = [run for run in equal if run.status != "diverged"]
    validation = [
        known[-1]
        for run in going
        if (known := [row["validation_accuracy"] for row in rows(run) if row.get("validation_accuracy") is not None])
    ]
    losses = [value for run in going for value in run.history.loss[-LAST:] if value is not None]
    newest = [seen[-1] for run in begun if (seen := rows(run))]
    timed = [(float(row["examples"] or 0), float(row["seconds"] or 0)) for row in newest]
    seconds = sum(took for _, took in timed)
    over = all(run.status in ("finished", "stopped", "diverged") for run in runs)
    tested = [value for run in going if (value := run.history.last("test_accuracy")) is not None]
    test = spread(tested) if over else None
    return Standing(
        lane=lane,
        validation=spread([value for value in validation if value is not None]),
        loss=statistics.fmean(losses) if losses else None,
        speed=sum(images for images, _ in timed) / seconds if seconds else None,
        begun=len(begun),
        diverged=len(fallen),
        message=fallen[0].message if fallen else "",
        reached=reached(equal, target),
        test=test,
        of=len(runs),
        interval=Proportion(math.floor(test.mean * n_test + 0.5), n_test).interval if test and not fallen else None,
    )
