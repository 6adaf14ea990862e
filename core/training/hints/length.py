"""Too long or too short: a run that learns its images by heart, and one that stops while it still learns."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config.run import CurveConfig
from core.data.points import noise_floor
from core.formatting import number
from core.models.inspect.fit import sample_of
from core.models.inspect.overfitting import Kind, judge, kept_row
from core.training.hints.hint import Case, Hint
from core.training.hints.reading import measured
from core.training.schedules import SCHEDULES

#: A rise by a tenth from the lowest loss, and by this many nats, is more than the wobble of one epoch.
ROSE, ROSE_BY = 1.1, 0.01
#: Passes since the lowest loss before a rise counts: one bad epoch is no trend.
SINCE = 2
#: What a rule holds out, as a share of the training images.
HELD_OUT = 0.1
#: A run of a thousand passes need not fall as much in each: for its last tenth twice the fall of one will do.
MOST_PASSES = 2.0
#: A fall in one pass by this share of the first loss (0.012 nats for ten digits) is worth another pass …
FALLING = 0.005
#: … and so is only one by this share of what is left.
FALLING_OF_REST = 0.03
#: A rate that runs out to less than this share calms the steps, and so the loss, up to the very end: that it
#: falls says nothing of further passes.
RUN_OUT = 0.1
#: With fewer measured passes the steps of the run are compared by quarters, and the fall must be larger.
FEWEST, FALLING_QUARTER = 3, 0.01
#: Standard errors by which two quarters must differ: batches differ by chance.
SIGNIFICANT = 2.0


def overfitting(case: Case) -> Hint | None:
    """The loss on images it does not learn from rises while the training loss falls."""
    train = case.config.train
    if train.keep == "best" or train.adversarial != "none":
        return None
    if _fit(case) not in (None, "unknown", "overfitting"):
        return None
    held_out = any(row.get("validation_loss") is not None for row in case.history.epochs)
    split = "validation" if held_out else "test"
    epochs, losses = measured(case.history, f"{split}_loss")
    _, train_losses = measured(case.history, "train_loss")
    if len(losses) < FEWEST or len(train_losses) != len(losses):
        return None
    at = int(losses.argmin())
    rose = losses[-1] >= ROSE * losses[at] and losses[-1] >= losses[at] + _least(case)
    if not rose or epochs[-1] - epochs[at] < SINCE or train_losses[-1] >= train_losses[at]:
        return None
    numbers = (
        f"from {number(losses[at])} (epoch {number(epochs[at])}) to {number(losses[-1])} while the "
        f"training loss fell from {number(train_losses[at])} to {number(train_losses[-1])}."
    )
    if held_out:
        evidence = f"The validation loss rose {numbers}"
        remedy: dict[str, Any] = {"keep": "best"}
        effect = f"Keeps the weights of the epoch that did best on validation, here epoch {number(epochs[at])}."
    else:
        evidence = (
            "Nothing is held out for validation, so nothing may say when to stop. On the test examples, "
            f"which only report, the loss rose {numbers}"
        )
        remedy = {"validation": HELD_OUT, "keep": "best"}
        effect = "Holds out a tenth of the training examples and keeps the epoch that did best on them."
    return Hint(
        "overfitting",
        "Overfitting: it memorizes the training examples",
        evidence,
        f"What is common to all {case.things} was learned first; since then the network learns what is "
        + (
            "peculiar to those it trains on, their noise too, and misses others by more."
            if case.guessing is None
            else "peculiar to those it trains on, and becomes more confident of its mistakes on others."
        ),
        remedy,
        effect,
    )


def _fit(case: Case) -> Kind | None:
    """The verdict on a curve, which its page states: no hint may say otherwise. None for other networks."""
    if not isinstance(case.config.data, CurveConfig):
        return None
    rows, points = case.history.epochs, sample_of(case.config)
    kept = kept_row(rows, case.config.train.keep)
    return judge(rows, kept, points.variance, noise_floor(case.config.data)).kind


def _least(case: Case) -> float:
    """The smallest rise that counts: a mean squared error has a scale of its own."""
    _, losses = measured(case.history, "train_loss")
    return ROSE_BY if case.guessing else ROSE_BY * float(losses[0])


def still_falling(case: Case) -> Hint | None:
    """The loss was still falling when the run ended."""
    train = case.config.train
    if train.adversarial != "none" or any(loss is None for loss in case.history.loss):
        return None
    if SCHEDULES[train.schedule].factor(0.99) < RUN_OUT or _fit(case) in ("overfitting", "stopped in time"):
        return None
    held_out = any(row.get("validation_loss") is not None for row in case.history.epochs)
    split = "validation" if held_out else "train"
    epochs, losses = measured(case.history, f"{split}_loss")
    if len(losses) < 2 or epochs[-1] < 1:
        return None
    falls = _by_epochs(epochs, losses) if len(losses) > FEWEST else _by_quarters(case, float(losses[0]))
    if falls is None:
        return None
    name = "validation" if held_out else "training"
    done = max(1, round(float(epochs[-1])))
    return Hint(
        "still-falling",
        "It had not finished learning",
        f"The {name if len(losses) > FEWEST else 'training'} loss was still falling at the end: {falls}."
        + ("" if held_out else " Nothing is held out for validation, so how long that pays is open."),
        "A run ends when its epochs are over, not when there is nothing left to learn.",
        {"epochs": max(done + 1, 2 * done)},
        "Twice as many passes, from fresh weights.",
    )


def _by_epochs(epochs: NDArray[np.float64], losses: NDArray[np.float64]) -> str | None:
    """How it fell over the last tenth of the passes, and one at least; None where that is little."""
    back = int(np.searchsorted(epochs, min(epochs[-1] - 1, 0.9 * epochs[-1]), side="right")) - 1
    passes = float(epochs[-1] - epochs[back])
    fall = float(losses[back] - losses[-1])
    if (
        fall < FALLING * min(max(passes, 1.0), MOST_PASSES) * losses[0]
        or fall < FALLING_OF_REST * losses[-1]
        or losses[-1] > losses[-2]
    ):
        return None
    return (
        f"from {number(losses[back])} (epoch {number(epochs[back])}) to {number(losses[-1])} "
        f"(epoch {number(epochs[-1])})"
    )


def _by_quarters(case: Case, first: float) -> str | None:
    """How the mean over the last quarter of the steps lies below that over the quarter before."""
    losses = np.array(case.history.loss, dtype=float)
    if len(losses) < 8:
        return None
    before, last = np.array_split(losses, 4)[2:]
    fall = float(before.mean() - last.mean())
    noise = float(np.sqrt(before.var() / len(before) + last.var() / len(last)))
    if fall < FALLING_QUARTER * first or fall < SIGNIFICANT * noise:
        return None
    return (
        f"{number(float(before.mean()))} on average in the third quarter of the steps, "
        f"{number(float(last.mean()))} in the last"
    )
