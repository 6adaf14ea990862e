"""What a run leaves behind: only JSON values, so that it can be stored, sent and replayed as it is."""

import math
from dataclasses import dataclass, field
from typing import Any, Self

Row = dict[str, float | int | None]


@dataclass
class History:
    """The record of one run.

    loss: cross-entropy of each step's batch, per image, in nats; None where it was not finite.
    lr: learning rate of each step.
    epochs: one row a measurement (before the first step, after every epoch, at a stop) with `epoch` (passes
        so far, may be a fraction), `step`, `examples`, `seconds` (time spent in steps), and for each split
        measured `train_loss`, `train_accuracy`, `validation_…`, `test_…` (accuracies as fractions).
    early: rows as in `epochs`, measured within the first epoch on some of the examples, where most is learned.
    records: where the run keeps one, every so many steps: `step`, `epoch`, `examples`, `seconds`, and as
        fractions `train_error` (a running mean over the epoch so far, dropout on) and `validation_error`
        (dropout off).
    spreads: for networks with convolutions, every few steps: `step`, and for each activation the quantiles
        0.05, 0.25, 0.5, 0.75, 0.95 of what it receives.
    gradients: every few steps, `step` and the root mean square of the gradient of each layer's weights.
    changes: what was changed while it ran: `step`, `examples`, `name`, `value`.
    examples_per_step: batch size of each step (the last of an epoch is smaller).
    threads: `step` and the number of processor `threads` used from there on.
    """

    loss: list[float | None] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    examples_per_step: list[int] = field(default_factory=list)
    epochs: list[Row] = field(default_factory=list)
    early: list[Row] = field(default_factory=list)
    records: list[Row] = field(default_factory=list)
    spreads: list[dict[str, Any]] = field(default_factory=list)
    gradients: list[dict[str, float | None]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    threads: list[dict[str, int]] = field(default_factory=list)

    def add_step(self, loss: float, lr: float, examples: int) -> None:
        """Record one step."""
        self.loss.append(loss if math.isfinite(loss) else None)
        self.lr.append(lr)
        self.examples_per_step.append(examples)

    @property
    def curve(self) -> list[Row]:
        """All measurements in their order: `epochs`, and between its first and its second those of `early`."""
        return [*self.epochs[:1], *self.early, *self.epochs[1:]]

    def copy(self) -> "History":
        """A copy that later steps do not touch (rows are never changed once written)."""
        return History(**{name: list(values) for name, values in vars(self).items()})

    def rounded(self) -> "History":
        """A copy with losses, rates and gradients to four digits: a third of the size, the same curves."""
        short = self.copy()
        short.loss = [_short(value) for value in self.loss]
        short.lr = [float(f"{value:.4g}") for value in self.lr]
        short.gradients = [{name: _short(value) for name, value in row.items()} for row in self.gradients]
        return short

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: list(values) for name, values in vars(self).items()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Rebuild from `to_json`'s values; names it does not know are left out."""
        found = cls(**{name: values[name] for name in vars(cls()) if name in values})
        found.epochs = [_tested_on_the_last_half(row) for row in found.epochs]
        return found

    def last(self, name: str) -> float | None:
        """`name` (such as "test_accuracy") in the newest row; None if it was not measured or is no number."""
        return self.epochs[-1].get(name) if self.epochs else None


def _tested_on_the_last_half(row: Row) -> Row:
    """A row of an older version, whose test score counted the validation images in, as one is written now."""
    return {
        name.replace("last_half", "test"): value
        for name, value in row.items()
        if "last_half_accuracy" not in row or not name.startswith("test_")
    }


def _short(value: float | None) -> float | None:
    """Four significant digits; a whole number, such as a step, stays as it is."""
    return value if value is None or isinstance(value, int) else float(f"{value:.4g}")
