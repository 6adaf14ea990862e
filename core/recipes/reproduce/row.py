"""What a reproduction is, and what all of their rows have in common."""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from core.data.digits import Mnist

#: A row of JSON values. Every one has the keys that `row` takes.
Row = dict[str, Any]
#: The digits, read when they are first asked for.
Load = Callable[[], Mnist]
#: quick: a small version that takes seconds; it checks that everything runs, and says `holds` null where only
#: the whole experiment can tell.
Reproduction = Callable[[bool, Load], Row]


def row(
    id: str,
    *,
    claim: str | None,
    measured: object,
    unit: str,
    seeds: Sequence[int],
    started: float,
    holds: bool | None,
    rule: str,
    **more: object,
) -> Row:
    """One row of `python -m core reproduce`.

    claim: what the text says, or None. started: of time.perf_counter(), before the work. holds: whether the
    claim holds by `rule`, which says in words how that is decided; None where there is no claim, or where the
    text leaves the setting open.
    """
    return {
        "id": id,
        "claim": claim,
        "measured": measured,
        "unit": unit,
        "seeds": list(seeds),
        "seconds": round(time.perf_counter() - started, 3),
        "holds": holds,
        "rule": rule,
        **more,
    }


def finite(value: float) -> float | None:
    """The number, or None for one that is infinite or no number: JSON has no word for these."""
    return value if math.isfinite(value) else None


def interval(values: Sequence[float]) -> tuple[float, float] | None:
    """The 95% interval of the mean over seeds, by Student's t; None for fewer than two values.

    It says how much another handful of seeds might move the mean, and nothing about the test images.
    """
    from scipy.stats import t  # half a second to import

    if len(values) < 2 or not all(math.isfinite(value) for value in values):
        return None
    spread = statistics.stdev(values) / math.sqrt(len(values))
    reach = float(t.ppf(0.975, len(values) - 1)) * spread
    mean = statistics.fmean(values)
    return mean - reach, mean + reach
