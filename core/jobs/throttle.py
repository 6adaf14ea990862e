"""A run that takes its time, so that a person can watch it."""

import time
from collections import deque
from statistics import median

from core.training.callbacks import Callback, Training

RECENT = 9  # epochs whose middle duration tells the pace: a pause lengthens one, and hardly moves it
LONGEST = 0.25  # seconds that one rest may take: a pause or a stop is heard soon all the same


class Throttle(Callback):
    """Rests after every epoch, so that all of them together take about `seconds`.

    A thousand steps of a small network are over before a page has drawn twice. What is computed, and the time
    that the run reports for its steps, stay the same.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._before = 0.0
        self._took: deque[float] = deque(maxlen=RECENT)

    def seconds_left(self, epochs: float) -> float | None:
        """What so many further epochs will take at the present pace, with rests; None before the first."""
        return epochs * median(self._took) if self._took else None

    def on_train_begin(self, trainer: Training) -> None:
        self._before = time.monotonic()

    def on_epoch_end(self, trainer: Training) -> None:
        share = self.seconds / max(1, trainer.config.train.epochs)
        left = share - (time.monotonic() - self._before)
        if left > 0:
            time.sleep(min(left, LONGEST))
        now = time.monotonic()
        self._took.append(now - self._before)
        self._before = now
