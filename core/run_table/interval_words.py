"""The interval of an accuracy in words, short enough for a column."""


def interval_words(low: float | None, high: float | None) -> str | None:
    """ "89.1–93.0%" for fractions in [0, 1]; None where there is none."""
    return None if low is None or high is None else f"{100 * low:.1f}–{100 * high:.1f}%"
