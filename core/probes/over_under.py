"""Too simple, too wiggly, or about right: what the losses of a fit say, in a sentence made from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from core.formatting import number, ratio
from core.training.history import Row

Kind = Literal["simple", "wiggly", "good", "unknown"]
SHARE = 0.02  # of the variance of y: an error below it is small for an eye on the chart
GAP = 2.0  # validation loss over training loss that is more than chance on a few dozen points
TAIL = 0.1  # share of the epochs, at the end, whose middle value stands for "the end"


@dataclass(frozen=True)
class Verdict:
    """kind: "simple" misses the points it trained on, "wiggly" fits them and misses others. words: why."""

    kind: Kind
    words: str


def verdict(train: float | None, validation: float | None, variance: float, floor: float) -> Verdict:
    """Judge a fit by its mean squared errors.

    variance: of y, the error of a flat line at the mean. floor: variance of the noise, which nobody gets
    below on new points.
    """
    if train is None or validation is None:
        return Verdict(
            "unknown", "Nothing is held out for validation, so nothing tells whether it generalises."
        )
    small = SHARE * variance
    numbers = f"training {number(train)}, validation {number(validation)}"
    if train > max(small, 2 * floor):
        return Verdict(
            "simple",
            f"**Under-fitted**: it misses even the points it trains on ({numbers}; a flat line at the "
            f"mean costs {number(variance)}). More units, more epochs or another rate may help.",
        )
    if validation > GAP * max(train, 1e-12) and validation > max(small / 4, 1.5 * floor):
        return Verdict(
            "wiggly",
            f"**Over-fitted**: on points it never saw its error is {ratio(validation / max(train, 1e-12))} "
            f"that on its own ({numbers}). More points, fewer units or an earlier stop may help.",
        )
    beside = f" The noise alone costs {number(floor)}." if floor else ""
    return Verdict(
        "good", f"**It fits**: the error is small, and as small on new points ({numbers}).{beside}"
    )


def after_the_best(rows: Sequence[Row]) -> str:
    """What happened after the epoch with the lowest validation loss, in a sentence; "" where nothing did.

    The end is the middle value of the last tenth of the epochs: a single epoch may be a spike.
    """
    seen = [row for row in rows if row.get("validation_loss") is not None]
    if len(seen) < 20:
        return ""
    best = min(seen, key=lambda row: float(row["validation_loss"] or 0))
    tail = seen[-max(1, round(TAIL * len(seen))) :]
    end = {name: median(float(row[f"{name}_loss"] or 0) for row in tail) for name in ("train", "validation")}
    at = {name: float(best[f"{name}_loss"] or 0) for name in ("train", "validation")}
    if best["epoch"] >= tail[0]["epoch"]:  # type: ignore[operator]
        return f"Validation was lowest at epoch {best['epoch']:,.0f}, near the end.{_swing(seen)}"
    ending = f"middle of the last {len(tail):,} epochs" if len(tail) > 1 else "last epoch"
    rose = end["validation"] / max(at["validation"], 1e-12)
    if rose < 1.2:
        return (
            f"Validation was lowest at epoch {best['epoch']:,.0f} ({number(at['validation'])}) and hardly "
            f"rose afterwards ({number(end['validation'])}: {ending})."
        )
    fell = end["train"] < at["train"]
    why = "while training went on falling: it learns the noise" if fell else "and so did training"
    return (
        f"After epoch {best['epoch']:,.0f} validation rose to {ratio(rose)} its lowest, from "
        f"{number(at['validation'])} to {number(end['validation'])} ({ending}), {why} ({number(at['train'])} "
        f"→ {number(end['train'])})."
    )


def _swing(rows: Sequence[Row]) -> str:
    """How far the validation loss goes up and down in the last fifth of the epochs, where that is much."""
    late = [float(row["validation_loss"] or 0) for row in rows[-max(1, len(rows) // 5) :]]
    times = max(late) / max(min(late), 1e-12)
    if times < 5:
        return ""
    return (
        f" Within the last fifth of the epochs it swings: its highest is {ratio(times)} its lowest, so "
        f"where one "
        "happens to stop decides the loss: that is why the best epoch is kept, and the test measures on "
        "other points."
    )
