"""Training with a mistake in it: the same network, start and batches, with one rule replaced.

It runs through the same loop as every other network, so what a mistake does to learning is measured, not
told.
"""

import math
import statistics
from dataclasses import dataclass

import torch
from torch import Tensor

from core.backprop.bugs import Bug
from core.config.proportion import proportion
from core.config.run import Activation, MLPConfig, OptimizerConfig, RunConfig, TrainConfig
from core.data.digits import Digits
from core.data.examples import RunData
from core.data.splits import every_kth
from core.models.evaluation import evaluate
from core.models.raw_mlp import ManualMLP
from core.training.callbacks import Callback, Training
from core.training.sgd_by_hand import HandSGD
from core.training.short_training import MEASURED, Progress, drawn, short_training
from core.training.trainer import Trainer

WINDOW = 64  # images whose mean loss counts as the loss at a moment
LOOKS = 10  # times the test accuracy is measured on the way


@dataclass(frozen=True)
class Planted:
    """What a run left.

    loss: of each step's batch, before the step, in nats per image; None where it was no longer a number.
    seen: images trained on when the accuracy was measured; accuracy: fraction right there, of n test images.
    diverged: the step at which the loss stopped being a number, counted from 1, or None.
    """

    batch_size: int
    loss: tuple[float | None, ...]
    seen: tuple[int, ...]
    accuracy: tuple[float, ...]
    n: int
    diverged: int | None

    @property
    def largest_rise(self) -> tuple[float, float, int]:
        """(rise, height, step): how far the loss rose over its lowest so far, at most; how high, and when.

        Losses are means over about WINDOW images, so that a batch of two digits that are hard is no rise.
        """
        width = max(1, round(WINDOW / self.batch_size))
        losses = [loss for loss in self.loss if loss is not None]
        lowest, found = math.inf, (0.0, 0.0, 0)
        for first in range(0, len(losses) - width + 1, width):
            mean = statistics.fmean(losses[first : first + width])
            if mean - lowest > found[0]:
                found = (mean - lowest, mean, first + 1)
            lowest = min(lowest, mean)
        return found

    @property
    def ci95(self) -> tuple[float, float]:
        """95% interval of the last accuracy, as fractions."""
        return proportion(self.accuracy[-1], self.n).interval


class PlantedSGD(HandSGD):
    """The update by hand with a bug's rule for the velocity, and perhaps without forgetting gradients."""

    def __init__(self, parameters: list[Tensor], lr: float, momentum: float, bug: Bug) -> None:
        super().__init__(parameters, lr=lr, momentum=momentum)
        self.bug = bug

    @torch.no_grad()
    def step(self) -> None:
        """v := velocity(v, gradient), W := W − v, for every parameter that has a gradient."""
        for group in self.param_groups:
            lr, momentum, parameters = group["lr"], group["momentum"], group["params"]
            assert isinstance(lr, float)
            assert isinstance(momentum, float)
            assert isinstance(parameters, list)
            for parameter in parameters:
                if parameter.grad is not None:
                    before = self.velocities.get(parameter, torch.zeros_like(parameter))
                    self.velocities[parameter] = self.bug.velocity(before, parameter.grad, lr, momentum)
                    parameter.sub_(self.velocities[parameter])

    def zero_grad(self) -> None:
        """Forget the gradients, if the bug does not forget to."""
        if self.bug.zeroed:
            super().zero_grad()


class _Looks(Callback):
    """Measures the test accuracy a few times on the way, without writing into the run's own history."""

    def __init__(self, test: Digits, steps: int, progress: Progress | None) -> None:
        self.test, self.steps, self.progress = test, steps, progress
        self.every = max(1, steps // LOOKS)
        self.seen: list[int] = []
        self.accuracy: list[float] = []

    def on_train_begin(self, trainer: Training) -> None:
        self.look(trainer)

    def on_batch_end(self, trainer: Training) -> None:
        if trainer.steps % self.every == 0 or trainer.steps == self.steps:
            self.look(trainer)

    def on_train_end(self, trainer: Training) -> None:
        if not self.seen or self.seen[-1] != trainer.examples:
            self.look(trainer)

    def look(self, trainer: Training) -> None:
        score = evaluate(trainer.module, self.test)
        if score.known:
            self.seen.append(trainer.examples)
            self.accuracy.append(score.accuracy)
        if self.progress:
            self.progress(min(1.0, trainer.steps / self.steps))


def train_with(
    bug: Bug | None,
    train: Digits,
    test: Digits,
    *,
    hidden: tuple[int, ...] = (100,),
    activation: Activation = "sigmoid",
    lr: float = 0.01,
    momentum: float = 0.9,
    batch_size: int = 64,
    images: int = 10_000,
    seed: int = 0,
    progress: Progress | None = None,
) -> Planted:
    """Train 784 → hidden… → 10 by hand for one epoch with `bug` in it, None for the right code.

    images: how many training images, drawn by the seed; it also decides the start and the batches, so two
    calls differ in the bug alone. progress: called with the share done, 0…1. A run that diverges ends there
    and says so in `diverged`. Raises ConfigError for settings out of range.
    """
    some = every_kth(test, MEASURED)
    data = RunData(train.take(drawn(images, len(train), seed)), some)
    config = RunConfig(
        "planted-bug",
        MLPConfig(hidden=hidden, activation=activation, family="manual"),
        TrainConfig(
            epochs=1,
            batch_size=batch_size,
            seed=seed,
            optimizer=OptimizerConfig("sgd-by-hand", {"lr": lr, "momentum": momentum}),
        ),
    )
    looks = _Looks(some, -(-len(data.train) // batch_size), progress)

    def plant(trainer: Trainer) -> None:
        if bug is not None:
            assert isinstance(trainer.network, ManualMLP)
            trainer.network.rules = bug.rules
            trainer.optimizer = PlantedSGD(trainer.network.parameters(), lr, momentum, bug)

    found = short_training(config, data, callbacks=[looks], prepare=plant)
    return Planted(
        batch_size, tuple(found.history.loss), tuple(looks.seen), tuple(looks.accuracy), len(some), found.diverged
    )
