"""What the rules read off a history: losses in blocks, losses by epochs."""

import numpy as np
from numpy.typing import NDArray

from core.storage.history import History

#: A batch of 64 says little: by chance its loss lies 20% off; that of five hundred images about 7%.
BLOCK = 500


def blocks(history: History, images: int = BLOCK, start: int = 0) -> NDArray[np.float64]:
    """Mean loss of consecutive steps from step `start` on that together saw at least `images` images.

    Returns (B,). An unfinished rest is left out, and so is everything from the first loss on that was no
    number.
    """
    found, total, seen = [], 0.0, 0
    for loss, count in zip(history.loss[start:], history.examples_per_step[start:], strict=True):
        if loss is None:
            break
        total, seen = total + loss * count, seen + count
        if seen >= images:
            found.append(total / seen)
            total, seen = 0.0, 0
    return np.array(found, dtype=float)


def measured(history: History, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Epochs (R,) and values (R,) of `name` (such as "validation_loss") in every row that has it."""
    rows = [(row["epoch"], row[name]) for row in history.epochs if row.get(name) is not None]
    table = np.array(rows, dtype=float).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def since_change(history: History) -> NDArray[np.float64]:
    """The blocks (B,) since rate or batch were last changed: what went before speaks of other steps."""
    steps = [change["step"] for change in history.changes if change["name"] in ("lr", "batch_size")]
    return blocks(history, start=int(steps[-1]) if steps else 0)


def start_and_end(history: History) -> tuple[float, float] | None:
    """Training loss as it was measured first and last; None before there are two measurements."""
    _, losses = measured(history, "train_loss")
    return (float(losses[0]), float(losses[-1])) if len(losses) > 1 else None


def per_step(history: History) -> int:
    """The batch size that most steps had."""
    return int(np.median(history.examples_per_step)) if history.examples_per_step else 0
