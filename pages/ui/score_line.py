"""How well a run reads, in one line: its accuracy with the interval."""

from core.choices import Keep
from core.evaluation import wilson
from core.formatting import interval, percent
from core.training.history import History, Row


def score_line(history: History, n_test: int, what: str = "images", keep: Keep = "last") -> str:
    """The test accuracy of the weights that a run leaves, with its 95% interval, in a sentence; "" before it
    was measured. keep: which weights those are."""
    row = kept_row(history, keep)
    accuracy = row.get("test_accuracy")
    if accuracy is None:
        return ""
    low, high = wilson(round(accuracy * n_test), n_test)
    best = row is not history.epochs[-1]
    which = f", with the weights of epoch {row['epoch']:.3g}, the best on validation" if best else ""
    return (
        f"### :green[{percent(accuracy, 2)}] of {n_test:,} test {what} read correctly  \n"
        f"95% interval: {interval(low, high, 2)}{which}"
    )


def kept_row(history: History, keep: Keep) -> Row:
    """What was measured of the weights that a run leaves; empty before there is a measurement."""
    rows = history.epochs
    known = [row for row in rows if row.get("validation_loss") is not None]
    if keep == "best" and known:
        return min(known, key=lambda row: float(row["validation_loss"] or 0))  # the first of equals
    return rows[-1] if rows else {}
