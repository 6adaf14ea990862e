"""What runs can be measured by: reading digits, telling languages and drawing curves are different tasks.

An accuracy on digits says nothing beside one on words, nor does a loss in squared units beside one in nats.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.config.digits import DigitsConfig
from core.config.language import WordsConfig
from core.config.regression import CurveConfig
from core.formatting import article, count
from core.storage.runs import RunRecord


@dataclass(frozen=True)
class Measure:
    """A task and what is measured of it. name: of the number. what: of the task, as in "5 runs on digits"."""

    task: type
    what: str
    name: str
    accuracy: bool

    def of(self, run: RunRecord) -> float | None:
        """The number of a run; None where it does another task, or was not measured."""
        if not isinstance(run.config.data, self.task):
            return None
        value = run.test_accuracy if self.accuracy else run.test_loss
        return value if value is not None and math.isfinite(value) else None


#: By the words for a choice.
MEASURES: dict[str, Measure] = {
    "Digits: accuracy": Measure(DigitsConfig, "digits", "test accuracy", accuracy=True),
    "Words: accuracy": Measure(WordsConfig, "words", "test accuracy", accuracy=True),
    "Points: loss": Measure(CurveConfig, "points", "test loss", accuracy=False),
}


def measures(runs: Sequence[RunRecord]) -> dict[str, Measure]:
    """Those that at least one of the runs has, in the order of MEASURES."""
    return {label: measure for label, measure in MEASURES.items() if any(measure.of(run) is not None for run in runs)}


def most_frequent(runs: Sequence[RunRecord], among: Mapping[str, Measure]) -> str:
    """The label of the measure that most of the runs have; of equal ones the first."""
    return max(among, key=lambda label: sum(among[label].of(run) is not None for run in runs))


def left_out(runs: Sequence[RunRecord], measure: Measure) -> str:
    """A sentence on the runs that lack the measure, or an empty string where none does."""
    lacking = [run for run in runs if measure.of(run) is None]
    other = sum(not isinstance(run.config.data, measure.task) for run in lacking)
    kind = measure.name.removeprefix("test ")
    parts = []
    if other:
        parts.append(f"{count(other, 'run')} on something other than {measure.what}")
    if unmeasured := len(lacking) - other:
        parts.append(f"{count(unmeasured, 'run')} on {measure.what} without {article(kind)}")
    if not parts:
        return ""
    return f"{' and '.join(parts)} {'is' if len(lacking) == 1 else 'are'} left out."


def loss_of(run: RunRecord) -> str:
    """What a run's loss is, as an axis says it: losses of different kinds have no axis in common."""
    points = isinstance(run.config.data, CurveConfig)
    return "mean squared error" if points else "cross-entropy (nats)"


# Which trial of a sweep is the best, and by what it may be called that.


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
