"""Learning-rate schedules: how the rate moves while training goes on.

A schedule is a factor on the rate, from the share of all training images already seen: it counts images, not
steps, so that another batch size keeps its shape, and a change of the number of epochs stretches it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from core.config.choices import Schedule
from core.config.run import OptimizerConfig, TrainConfig


@dataclass(frozen=True)
class ScheduleEntry:
    """A choice in SCHEDULES: its name for people, one sentence, the factor, and the factor as Python.

    factor: share done, in [0, 1) → what the rate is multiplied by, in (0, 1]. code: the same of `p`.
    """

    title: str
    idea: str
    factor: Callable[[float], float]
    code: str


def _one_cycle(p: float) -> float:
    """Up from 1/25 to 1 in the first 30%, then down along a cosine to almost nothing (Smith 2018)."""
    if p < 0.3:
        return 0.04 + 0.96 * (1 - math.cos(math.pi * p / 0.3)) / 2
    return 4e-6 + (1 - 4e-6) * (1 + math.cos(math.pi * (p - 0.3) / 0.7)) / 2


SCHEDULES: dict[Schedule, ScheduleEntry] = {
    "constant": ScheduleEntry("constant", "The learning rate stays as it is.", lambda p: 1.0, "1.0"),
    "step": ScheduleEntry(
        "step",
        "A tenth after half of the steps, a hundredth after three quarters.",
        lambda p: 1.0 if p < 0.5 else 0.1 if p < 0.75 else 0.01,
        "1.0 if p < 0.5 else 0.1 if p < 0.75 else 0.01",
    ),
    "cosine": ScheduleEntry(
        "cosine",
        "Down along half a cosine, to almost nothing (Loshchilov & Hutter 2017).",
        lambda p: math.cos(math.pi * p / 2) ** 2,  # not (1 + cos πp) / 2, which rounds to 0 before the end
        "math.cos(math.pi * p / 2) ** 2",
    ),
    "one-cycle": ScheduleEntry(
        "one-cycle",
        "Up from 1/25 to the full learning rate in 30% of the steps, then down to almost nothing (Smith 2018).",
        _one_cycle,
        "0.04 + 0.48 * (1 - math.cos(math.pi * p / 0.3)) if p < 0.3 "
        "else 4e-6 + 0.499998 * (1 + math.cos(math.pi * (p - 0.3) / 0.7))",
    ),
    "warm-up": ScheduleEntry(
        "warm-up",
        "From a hundredth up to the full learning rate in the first tenth of the steps, then constant.",
        lambda p: min(1.0, 0.01 + 9.9 * p),
        "min(1.0, 0.01 + 9.9 * p)",
    ),
}


def rate(optimizer: OptimizerConfig, step: int, schedule: Schedule = "constant", done: float = 0.0) -> float:
    """The learning rate of a step: lr · factor(done) / (1 + decay · step).

    step: updates made before this one, so the first has 0. done: share of the training, in [0, 1).
    """
    decay = optimizer.settings.get("decay", 0.0)
    return optimizer["lr"] * SCHEDULES[schedule].factor(done) / (1 + decay * step)


def moving_rate(train: TrainConfig) -> str:
    """What stands after the learning rate where it moves on the way, such as " / (1 + 0.01 · t)"; else ""."""
    decay = train.optimizer.settings.get("decay", 0.0)
    words = f" / (1 + {decay:g} · updates so far)" if decay else ""
    if train.schedule != "constant":
        words += f", times the factor of its schedule ({SCHEDULES[train.schedule].title})"
    return words
