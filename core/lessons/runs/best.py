"""Which trial of a sweep is the best, and by what it may be called that."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.storage.runs import RunRecord


@dataclass(frozen=True)
class Choice:
    """The best of several runs. by: what it was chosen by. honest: whether that was no test image."""

    number: int
    run: RunRecord
    by: str
    honest: bool


def best(runs: Mapping[int, RunRecord]) -> Choice | None:
    """Choose by validation accuracy, else by validation loss; where nothing was held out, by the test.

    A network chosen by its test accuracy looks better than it is: the test images have taken part in the
    choice. runs: trial → its run; diverged ones are left out. On a tie the first. None where
    nothing is known.
    """
    sound = {number: run for number, run in sorted(runs.items()) if run.status != "diverged"}
    ways = (
        ("validation accuracy", {n: run.validation_accuracy for n, run in sound.items()}, 1),
        ("validation loss", {n: validation_loss(run) for n, run in sound.items()}, -1),
        ("test accuracy", {n: run.test_accuracy for n, run in sound.items()}, 1),
        ("test loss", {n: run.test_loss for n, run in sound.items()}, -1),
    )
    for by, found, sign in ways:
        known = {number: sign * value for number, value in found.items() if value is not None}
        if known:
            number = max(known, key=lambda each: known[each])
            return Choice(number, sound[number], by, honest=by.startswith("validation"))
    return None


def validation_loss(run: RunRecord) -> float | None:
    """Of the weights that the run left; None where nothing was held out, or the history is not at hand."""
    found = [value for row in run.history.epochs if (value := row.get("validation_loss")) is not None]
    if not found:
        return None
    return min(found) if run.config.train.keep == "best" else found[-1]
