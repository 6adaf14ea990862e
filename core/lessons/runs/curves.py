"""The curves of several runs on one axis: by step, by epoch, by seconds of training, or by the clock."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.config.validation import one_of, require
from core.storage.runs import RunRecord

Array = NDArray[np.float64]

#: What the horizontal axis can be.
AXES = ("step", "epoch", "time", "clock")
SMOOTHINGS = ("none", "exponential", "window")
WHATS = ("loss", "accuracy")
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Series:
    """One curve of one run: x and y of equal length. each_step: whether it has a value for every step."""

    x: Array
    y: Array
    each_step: bool


def places(run: RunRecord, axis: str) -> Array:
    """Where each step of a run ends on an axis; entry 0 is the start, so there is one more than steps.

    "step": steps done. "epoch": passes over the training examples. "time": seconds spent in steps, straight
    between two measurements (they say when they were made). "clock": the same in seconds since 1970, so that
    the run ends when it was recorded; what it waited or stood still is not known and not in it.
    """
    one_of(axis, AXES, "The axis")
    history = run.history
    steps = np.arange(len(history.loss) + 1, dtype=float)
    if axis == "step":
        return steps
    if axis == "epoch":
        return np.concatenate([[0.0], np.cumsum(history.examples_per_step[: len(history.loss)])]) / max(1, run.n_train)
    known = [(row["step"], row["seconds"]) for row in history.epochs if row.get("seconds") is not None]
    pairs = np.array([(0.0, 0.0), *known, (steps[-1], run.train_seconds)], dtype=float)
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    seconds: Array = np.interp(steps, pairs[:, 0], np.maximum.accumulate(pairs[:, 1]))
    return seconds if axis == "time" else run.created - run.train_seconds + seconds


def series(run: RunRecord, what: str, split: str, axis: str) -> Series:
    """One curve: the training loss at every step, everything else as it was measured after each epoch.

    what: "loss" or "accuracy". split: "train", "validation" or "test". Empty where it was not measured.
    """
    one_of(what, WHATS, "The curve")
    one_of(split, SPLITS, "The split")
    at = places(run, axis)
    if (what, split) == ("loss", "train"):
        values = np.array([np.nan if v is None else v for v in run.history.loss], dtype=float)
        return Series(at[1:], values, each_step=True)
    column = f"{split}_{what}"
    rows = [row for row in run.history.epochs if row.get(column) is not None]
    steps = [min(int(row["step"] or 0), len(at) - 1) for row in rows]
    y = np.array([row[column] for row in rows], dtype=float)
    return Series(at[steps] if steps else np.empty(0), y, each_step=False)


def exponential(y: Array, weight: float) -> Array:
    """A mean over the past that forgets: of each new value 1 − weight goes in, and weight is in [0, 1).

    Divided by what has gone in so far, so that the first values are not drawn towards zero (as Adam does it,
    Kingma & Ba 2015). A value that is no number is passed over.
    """
    require(0 <= weight < 1, f"The smoothing factor must lie in [0, 1); it is {weight:g}.")
    found = np.empty_like(y)
    total = went_in = 0.0
    for place, value in enumerate(y):
        if np.isfinite(value):
            total = weight * total + (1 - weight) * value
            went_in = weight * went_in + (1 - weight)
        found[place] = total / went_in if went_in else np.nan
    return found


def window(y: Array, width: int) -> Array:
    """The mean over `width` values around each place, fewer at both ends; what is no number is left out."""
    require(width >= 1, f"A window holds at least one value; it is {width}.")
    known = np.isfinite(y)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, y, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    middle = np.arange(len(y))
    low = np.maximum(0, middle - (width - 1) // 2)
    high = np.minimum(len(y), middle + width // 2 + 1)
    number = counts[high] - counts[low]
    found: Array = np.where(number > 0, (sums[high] - sums[low]) / np.maximum(1, number), np.nan)
    return found


def smoothed(y: Array, how: str, amount: float) -> Array:
    """Smooth a curve. amount: the weight of the past, or the width of the window in values."""
    one_of(how, SMOOTHINGS, "The smoothing")
    if how == "none":
        return y
    return exponential(y, amount) if how == "exponential" else window(y, max(1, round(amount)))
