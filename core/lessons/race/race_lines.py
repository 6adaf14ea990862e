"""The curves of a race: each lane's loss and accuracy over its seeds, at a few hundred places.

Seeds are compared step by step. A lane's line is the mean of the seeds that got so far, its band reaches from
the lowest of them to the highest.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.config.race import RaceConfig
from core.lessons.race.race import LaneRun
from core.storage.history import Row

Axis = Literal["step", "epoch", "examples", "seconds"]
Array = NDArray[np.float64]
POINTS = 240  # places along a line


@dataclass(frozen=True)
class Line:
    """One lane's curve. x, mean, low, high, raw: (P,). raw: the mean before it was smoothed.

    seeds: how many runs have anything to show.
    """

    x: Array
    mean: Array
    low: Array
    high: Array
    raw: Array
    seeds: int


def total_steps(config: RaceConfig, n_train: int) -> int:
    """Steps of a whole lane, with the images held out taken off (to within a batch)."""
    train = config.base.train
    return train.epochs * math.ceil(n_train / train.batch_size)


def rows(run: LaneRun) -> list[Row]:
    """All moments at which a run was looked at, in their order, each with `validation_accuracy` if known."""
    history = run.history
    found = {int(row["step"] or 0): row for row in history.epochs}
    for row in history.records:
        error = row.get("validation_error")
        accuracy = None if error is None else 1 - error
        found.setdefault(int(row["step"] or 0), {**row, "validation_accuracy": accuracy})
    return [found[step] for step in sorted(found)]


def loss_line(runs: Sequence[LaneRun], axis: Axis, total: int, smoothing: float = 0.0) -> Line:
    """Loss of the batches (nats per image), gathered into at most 240 bins of equally many steps.

    total: steps of a whole lane; it sets the bins, so that they stand still while the race goes on.
    smoothing: each place keeps that share, in [0, 1), of the line so far (an exponential mean, corrected for
    its start from zero).
    """
    width = max(1, math.ceil(total / POINTS))
    longest = max((len(run.history.loss) for run in runs), default=0)
    table = np.full((len(runs), math.ceil(longest / width)), np.nan)
    for place, run in enumerate(runs):
        values = np.array([np.nan if v is None else v for v in run.history.loss], dtype=float)
        for start in range(0, len(values), width):
            known = values[start : start + width]
            known = known[np.isfinite(known)]
            if len(known):
                table[place, start // width] = known.mean()
    ends = np.minimum(width * np.arange(1, table.shape[1] + 1), longest).astype(float)
    return _line(runs, axis, ends, table, lambda values: smoothed(values, smoothing))


def accuracy_line(runs: Sequence[LaneRun], axis: Axis) -> Line:
    """Accuracy on the validation images at every moment at which it was measured."""
    seen = [
        {
            int(row["step"] or 0): row["validation_accuracy"]
            for row in rows(run)
            if row.get("validation_accuracy") is not None
        }
        for run in runs
    ]
    steps = sorted({step for run in seen for step in run})
    table = np.array([[run.get(step, np.nan) for step in steps] for run in seen], dtype=float)
    return _line(runs, axis, np.array(steps, dtype=float), table.reshape(len(runs), len(steps)), np.array)


def smoothed(table: Array, share: float) -> Array:
    """Exponential means along the last axis; a place that is not a number stays one and is passed over."""
    if not share:
        return table
    result, kept, weight = np.full_like(table, np.nan), np.zeros(len(table)), np.zeros(len(table))
    for place in range(table.shape[1]):
        known = np.isfinite(table[:, place])
        kept[known] = share * kept[known] + (1 - share) * table[known, place]
        weight[known] = share * weight[known] + (1 - share)
        result[known, place] = kept[known] / weight[known]
    return result


def _line(runs: Sequence[LaneRun], axis: Axis, steps: Array, table: Array, smooth: Callable[[Array], Array]) -> Line:
    known = np.isfinite(table).any(axis=0)
    steps, table = steps[known], table[:, known]
    if not len(steps):
        empty = np.empty(0)
        return Line(empty, empty, empty, empty, empty, 0)
    lines = smooth(table)
    return Line(
        x=_places(runs, axis, steps),
        mean=np.nanmean(lines, axis=0),
        low=np.nanmin(lines, axis=0),
        high=np.nanmax(lines, axis=0),
        raw=np.nanmean(table, axis=0),
        seeds=int(np.isfinite(table).any(axis=1).sum()),
    )


def _places(runs: Sequence[LaneRun], axis: Axis, steps: Array) -> Array:
    """Steps (P,) on another axis: the mean over the seeds of what each had then, at its own pace."""
    if axis == "step":
        return steps
    clocks = []
    for run in runs:
        seen = [(float(row["step"] or 0), float(row[axis] or 0)) for row in rows(run)]
        known = [(0.0, 0.0), *(pair for pair in seen if pair[0] > 0)]
        if len(known) == 1:  # not looked at since the start
            done = len(run.history.loss)
            now = {"epoch": run.epoch, "seconds": run.seconds, "examples": float(sum(run.history.examples_per_step))}[
                axis
            ]
            if not done or not now:
                continue
            known.append((float(done), now))
        at, value = np.array(known).T
        beyond = value[-1] / at[-1] * np.maximum(0.0, steps - at[-1])
        clocks.append(np.interp(steps, at, value) + beyond)
    return np.mean(clocks, axis=0) if clocks else np.zeros_like(steps)
