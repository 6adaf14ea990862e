"""The two halves of the test images: how a run did on each, and how hard each one is."""

from dataclasses import dataclass

import streamlit as st

from core.config.proportion import proportion
from core.data.splits import lab_split
from core.formatting import percent, points
from core.models.inspect import nearest_mean
from core.storage.history import History
from pages.ui.kit.shell import cache
from pages.ui.kit.widgets.cached_results import data_key


@dataclass(frozen=True)
class Half:
    """A part of the test images (its name, how many) and the share of it read correctly."""

    name: str
    accuracy: float
    n: int

    @property
    def ci95(self) -> tuple[float, float]:
        """95% interval, as fractions."""
        return proportion(self.accuracy, self.n).interval


def halves(history: History, n_test: int) -> list[Half]:
    """Last half (the test), first half (validation) and both, of a run that divides the test images so."""
    first, last = history.last("validation_accuracy"), history.last("test_accuracy")
    if first is None or last is None:
        return []
    return [
        Half(f"Last {n_test:,} (test)", last, n_test),
        Half(f"First {n_test:,} (validation)", first, n_test),
        Half(f"Both, {2 * n_test:,}", (first + last) / 2, 2 * n_test),
    ]


def nearest_means() -> tuple[Half, Half]:
    """How the nearest class average does on each half of the test images in use."""
    return _nearest_means(data_key(cache.mnist()))


@st.cache_data(max_entries=4, show_spinner=False)
def _nearest_means(data: str) -> tuple[Half, Half]:
    digits = cache.mnist()
    model = nearest_mean.fit(digits.train)
    first, last = (nearest_mean.score(model, part) for part in lab_split(digits.test))
    return Half("first", first.accuracy, first.n), Half("last", last.accuracy, last.n)


def told(parts: list[Half], means: tuple[Half, Half]) -> str:
    """What the two halves say, in words made from the numbers.

    parts: as `halves` gives them. means: the nearest class average on the same two halves.
    """
    last, first = parts[0], parts[1]
    gap = last.accuracy - first.accuracy
    apart = last.ci95[0] > first.ci95[1] or last.ci95[1] < first.ci95[0]
    side = "better" if gap > 0 else "worse"
    words = f"The same network reads the last half {points(abs(gap))} {side} than the first"
    words += ". " if apart else ", a difference within the intervals. "
    if means[0].n != first.n:  # a run of other digits than those in use
        return words
    ours = (
        f"Even the nearest class average, which has never seen either, reads {percent(means[0].accuracy, 0)} "
        f"of the first and {percent(means[1].accuracy, 0)} of the last"
    )
    if means[1].ci95[0] > means[0].ci95[1]:
        if gap > 0:
            return (
                f"{words}{ours}: **the last half is simply easier.** A score on it beside one on the first "
                "compares images, not networks."
            )
        return f"{words}{ours}: the last half is the easier one, only this network does not show it."
    if means[1].ci95[1] < means[0].ci95[0]:
        return f"{words}{ours}: here the last half is the harder one."
    return f"{words}{ours}: on these digits the two halves are about equally hard."
