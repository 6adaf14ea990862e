"""What a rule is given, and what it says."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from torch import nn

from core.config.language import LANGUAGES
from core.config.run import DIGIT_READERS, RunConfig, WordsConfig, examples
from core.data.digits import Digits
from core.storage.history import History


@dataclass(frozen=True, eq=False)
class Case:
    """A run to be judged.

    config: its settings; history: what it left behind so far. n_train: images (words, points) of an epoch.
    network: as the run leaves it, on the CPU, or None while it is not at hand. digits: some test digits to
    look through it with, or None. Neither is changed.
    """

    config: RunConfig
    history: History
    n_train: int
    network: nn.Module | None = None
    digits: Digits | None = None

    @property
    def rate(self) -> float:
        """The learning rate in force at the end: as it was set, or as it was last changed on the way."""
        changes = [change["value"] for change in self.history.changes if change["name"] == "lr"]
        return float(changes[-1] if changes else self.config.train.optimizer["lr"])

    @property
    def things(self) -> str:
        """What it learns from: images, words or points."""
        return examples(self.config.model)

    @property
    def guessing(self) -> float | None:
        """What guessing costs, ln(classes) in nats; None where the answers are numbers."""
        if isinstance(self.config.model, DIGIT_READERS):
            return math.log(10)
        return math.log(len(LANGUAGES)) if isinstance(self.config.data, WordsConfig) else None


@dataclass(frozen=True)
class Hint:
    """Something that went wrong in a run, and what to do.

    rule: its name in RULES. title: what is wrong. evidence: a sentence with the numbers it was seen by.
    why: one or two sentences that explain it. remedy: settings as `RunConfig.with_settings` takes them.
    effect: what the remedy does.
    """

    rule: str
    title: str
    evidence: str
    why: str
    remedy: dict[str, Any] = field(default_factory=dict)
    effect: str = ""


@dataclass(frozen=True)
class Rule:
    """An entry in RULES.

    judge: what it says of a run, or None. sharp: a run need not end for it: what it sees gets no better by waiting.
    explains: the rules, or all others, whose hints it explains already: consequences are no causes of their own.
    """

    judge: Callable[[Case], Hint | None]
    sharp: bool = False
    explains: tuple[str, ...] | Literal["all"] = ()

    def explained(self, name: str) -> bool:
        """Whether what the rule of that name sees follows from what this one has seen."""
        return self.explains == "all" or name in self.explains


def handy(value: float) -> float:
    """The nearest of 1, 2, 3, 5, 7 times a power of ten, by ratio: numbers that a slider of rates offers."""
    power = math.floor(math.log10(value))
    options = [float(f"{digit}e{power + more}") for more in (0, 1) for digit in (1, 2, 3, 5, 7)]
    return min(options, key=lambda option: abs(math.log(option / value)))
