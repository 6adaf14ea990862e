"""Underfitting, overfitting, or about right: one verdict on a fit, from its losses, with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from core.formatting import number, ratio
from core.storage.history import Row

Kind = Literal["underfitting", "overfitting", "stopped in time", "good", "unknown"]
SHARE = 0.02  # of the variance of y: an error below it is small for an eye on the chart
GAP = 2.0  # validation loss over training loss that is more than chance on a few dozen points
ROSE = 1.2  # validation loss at the end over its lowest: more than the wobble of a few epochs
TAIL = 0.1  # share of the epochs, at the end, whose middle value stands for "the end"
FEWEST = 20  # epochs: fewer have no course


@dataclass(frozen=True)
class Verdict:
    """kind: what is wrong, if anything. title: the verdict in a word. reason: in a sentence or two."""

    kind: Kind
    title: str
    reason: str


@dataclass(frozen=True)
class _Course:
    """The epoch with the lowest validation loss and the end, which is the middle value of `n` epochs."""

    best: Row
    epoch: float
    at: dict[str, float]
    end: dict[str, float]
    n: int
    near_end: bool

    @property
    def rose(self) -> float:
        return self.end["validation"] / max(self.at["validation"], 1e-12)

    @property
    def overfits(self) -> bool:
        return not self.near_end and self.rose >= ROSE and self.end["train"] < self.at["train"]

    @property
    def ending(self) -> str:
        return f"middle of the last {self.n:,} epochs" if self.n > 1 else "last epoch"


def kept_row(rows: Sequence[Row], keep: str) -> Row:
    """What was measured of the weights that a run keeps: its best epoch on validation, or its last."""
    measured = [row for row in rows if row.get("validation_loss") is not None]
    if keep != "best" or not measured:
        return rows[-1] if rows else {}
    return min(measured, key=_validation)


def judge(rows: Sequence[Row], kept: Row, variance: float, floor: float) -> Verdict:
    """Judge the weights measured in `kept`, one of `rows`, by mean squared errors.

    A run whose validation loss rises while its training loss falls has units enough to follow the noise, so
    it does not underfit, however large the errors of the epoch that is kept. variance: of y, the error of a
    flat line at the mean. floor: variance of the noise, which nobody gets below on new points.
    """
    train, validation = kept.get("train_loss"), kept.get("validation_loss")
    if train is None or validation is None:
        return Verdict("unknown", "No validation split", "Without it nothing tells whether the network generalizes.")
    small, course = SHARE * variance, _course(rows)
    numbers = f"training {number(train)}, validation {number(validation)}"
    if course is not None and course.overfits:
        reason = (
            f"After epoch {course.epoch:,.0f} the validation loss rose to {ratio(course.rose)} its lowest value, "
            f"from {number(course.at['validation'])} to {number(course.end['validation'])} "
            f"({course.ending}), while the training loss fell from {number(course.at['train'])} to "
            f"{number(course.end['train'])}: the network fits the noise."
        )
        if float(kept["epoch"] or 0) <= course.epoch:
            return Verdict(
                "stopped in time",
                "Overfitting, stopped in time",
                f"{reason} The best checkpoint is that of epoch {course.epoch:,.0f} ({numbers}).",
            )
        return Verdict("overfitting", "Overfitting", f"{reason} Early stopping, more points or fewer units may help.")
    if train > max(small, 2 * floor):
        return Verdict(
            "underfitting",
            "Underfitting",
            f"Even the training loss is high ({numbers}; the variance of y is {number(variance)}). More units, more "
            "epochs or another learning rate may help.",
        )
    if validation > GAP * max(train, 1e-12) and validation > max(small / 4, 1.5 * floor):
        return Verdict(
            "overfitting",
            "Overfitting",
            f"The validation loss is {ratio(validation / max(train, 1e-12))} the training loss ({numbers}). More "
            "points or fewer units may help.",
        )
    beside = f" The noise variance is {number(floor)}." if floor else ""
    return Verdict("good", "Good fit", f"Training and validation loss are both small ({numbers}).{beside}")


def course_words(rows: Sequence[Row]) -> str:
    """When the validation loss was lowest, where the verdict does not say so; "" where it does."""
    course = _course(rows)
    if course is None or course.overfits:
        return ""
    lowest = f"The validation loss was lowest at epoch {course.epoch:,.0f}"
    if course.near_end:
        return f"{lowest}, near the end.{_swing(rows)}"
    if course.rose < ROSE:
        return (
            f"{lowest} ({number(course.at['validation'])}) and hardly rose afterwards "
            f"({number(course.end['validation'])}: {course.ending})."
        )
    return (
        f"{lowest} ({number(course.at['validation'])}) and rose to {ratio(course.rose)} that "
        f"({course.ending}), and so did the training loss: the learning rate is too large. This is not overfitting."
    )


def _course(rows: Sequence[Row]) -> _Course | None:
    seen = [row for row in rows if row.get("validation_loss") is not None]
    if len(seen) < FEWEST:
        return None
    best = min(seen, key=_validation)
    tail = seen[-max(1, round(TAIL * len(seen))) :]
    names = ("train", "validation")
    end = {name: median(float(row[f"{name}_loss"] or 0) for row in tail) for name in names}
    at = {name: float(best[f"{name}_loss"] or 0) for name in names}
    epoch = float(best["epoch"] or 0)
    return _Course(best, epoch, at, end, len(tail), epoch >= float(tail[0]["epoch"] or 0))


def _validation(row: Row) -> float:
    return float(row["validation_loss"] or 0)


def _swing(rows: Sequence[Row]) -> str:
    """How far the validation loss goes up and down in the last fifth of the epochs, where that is much."""
    seen = [row for row in rows if row.get("validation_loss") is not None]
    late = [_validation(row) for row in seen[-max(1, len(seen) // 5) :]]
    times = max(late) / max(min(late), 1e-12)
    if times < 5:
        return ""
    return (
        f" In the last fifth of the epochs it oscillates (highest {ratio(times)} lowest), so the best checkpoint is "
        "kept, not the last."
    )
