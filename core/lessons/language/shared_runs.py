"""The networks of one contest while they learn: shared by everybody who watches, trained by one at a time."""

import threading
from collections.abc import Callable
from contextlib import suppress

from core.config.errors import LabError
from core.config.language import WordsConfig
from core.config.run import RunConfig
from core.lessons.language.contest import InTraining, Name, ScoredClassifier, cell_config

Epoch = tuple[Name, int]


class SharedRuns:
    """Networks in training on the same words, each `epochs` long. own: the settings of the GRU.

    Several threads may ask for the same epoch. A network takes one step after another, so one thread trains
    it while the others are told that it is busy. kept: test accuracy after each epoch of each network, 0…1.
    """

    def __init__(self, own: RunConfig, division: WordsConfig, epochs: int) -> None:
        self.own, self.division, self.epochs = own, division, epochs
        self.kept: dict[Epoch, float] = {}
        self._runs: dict[Name, InTraining] = {}
        self._turns: dict[Name, threading.Lock] = {}

    def go_on(self, name: Name, epoch: int, progress: Callable[[float], None] = lambda share: None) -> float | None:
        """Train a network to the end of that epoch: its test accuracy then, or None where it is busy.

        Raises LabError where its training broke off; the next call begins it anew.
        """
        turn = self._turns.setdefault(name, threading.Lock())
        if not turn.acquire(blocking=False):
            return None
        try:
            if (name, epoch) in self.kept:  # somebody was here a moment ago
                return self.kept[name, epoch]
            if name not in self._runs:
                self._runs[name] = InTraining(cell_config(self.own, name, self.division, epochs=self.epochs))
            self.kept[name, epoch] = self._runs[name].go_on(epoch, progress)
            return self.kept[name, epoch]
        except Exception:
            self._forget(name)
            raise
        finally:
            turn.release()

    def classifier(self, name: Name) -> ScoredClassifier:
        """A network that is trained to its end. Raises LabError before that."""
        if (name, self.epochs) not in self.kept:
            raise LabError("This network is still learning.")
        return self._runs[name].classifier(name)

    def _forget(self, name: Name) -> None:
        """A run that broke off cannot go on, and its epochs are none of a whole one."""
        self._runs.pop(name, None)
        for piece in [piece for piece in self.kept if piece[0] == name]:
            with suppress(KeyError):
                del self.kept[piece]
