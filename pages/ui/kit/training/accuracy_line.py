"""How well a run does, in one line: its accuracy with the interval, and on which images that was."""

from core.config.choices import Keep
from core.config.proportion import proportion
from core.config.run import RunConfig
from core.formatting import interval, number, percent
from core.storage.history import History, Row

#: Stands wherever somebody could choose by a test score: a rate, an epoch, a strength, one of several runs.
BY_TEST = (
    "Whatever is chosen by its test accuracy looks better than it is, because the test images took part in the "
    "choice. Choose by validation accuracy."
)


def score_line(history: History, config: RunConfig, n_test: int) -> str:
    """The test accuracy of the weights that a run leaves, with its 95% interval, in a sentence; "" before it
    was measured. Below it the accuracy on those test images that the run validated with, if it did."""
    row = kept_row(history, config.train.keep)
    accuracy = row.get("test_accuracy")
    if accuracy is None:
        return ""
    best = row is not history.epochs[-1]
    which = f", with the weights of epoch {number(row['epoch'] or 0)}, the best on validation" if best else ""
    return (
        f"### :green[{percent(accuracy, 2)}] of {config.tested_on(n_test)} classified correctly  \n"
        f"95% interval: {interval(*proportion(accuracy, n_test).interval, 2)}{which}"
        f"{validated_on(config, row.get('validation_accuracy'), n_test)}"
    )


def validated_on(config: RunConfig, accuracy: float | None, n_test: int) -> str:
    """A sentence on the half of the test images that a run validated with, to follow the other half's score;
    "" where it validated with none of them. The halves are equally large."""
    if config.train.split != "lab" or accuracy is None:
        return ""
    return f". The first {n_test:,} are its validation images: {percent(accuracy, 2)}"


def kept_row(history: History, keep: Keep) -> Row:
    """What was measured of the weights that a run leaves; empty before there is a measurement."""
    rows = history.epochs
    known = [row for row in rows if row.get("validation_loss") is not None]
    if keep == "best" and known:
        return min(known, key=lambda row: float(row["validation_loss"] or 0))  # the first of equals
    return rows[-1] if rows else {}
