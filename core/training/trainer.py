"""The training loop: what every network in Digit Lab goes through, whoever watches."""

import math
import time
from collections.abc import Generator, Iterable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from core.config.errors import ConfigError
from core.config.optimizers import OPTIMIZERS
from core.config.run import CNNConfig, Precision, RegressorConfig, RunConfig
from core.config.seeds import stream
from core.config.train import MOST_EPOCHS
from core.config.validation import whole
from core.data.digits import Digits
from core.data.examples import Material, RunData
from core.models import as_module, build
from core.models.evaluation import Score, evaluate
from core.models.layers import give_generator
from core.models.precision import rounds_pixels
from core.models.raw_mlp import RawMLP
from core.models.threads import own_threads
from core.storage.history import History, Row
from core.training import memory
from core.training.adversarial import AttackedAccuracy, attacked
from core.training.callbacks import (
    Best,
    Callback,
    EarlyScores,
    GradientSizes,
    StopTraining,
    ZeroDivision,
    scored,
    without_epsilon,
)
from core.training.loss_and_gradients import loss_and_gradients
from core.training.optimizers import build_optimizer, change_setting, set_rate
from core.training.run_data import check_batches, run_data
from core.training.schedules import rate
from core.training.weight_history_callback import KeepWeights, PreActivations

FLUSH_EVERY = 20  # steps between two looks at the losses: reading one waits for the device
TRAIN_SAMPLE = 5000  # training images measured after an epoch, enough for ±0.5 points


class Diverged(Exception):  # noqa: N818 - an outcome a student should meet, not a defect
    """The loss stopped being a finite number; the message says at which step and what to try."""


def changeable(config: RunConfig) -> tuple[str, ...]:
    """Names of the settings that `Trainer.change` takes for this run."""
    return (*OPTIMIZERS[config.train.optimizer.name].live, "batch_size", "epochs")


def initial_network(config: RunConfig, data: RunData | None = None) -> nn.Module | RawMLP:
    """The network of a run before its first step, on the CPU.

    data: the run's images, by which it normalizes; without them normalization is left open.
    """
    generator = stream(config.train.seed, "weights")
    if data is None:
        return build(config.model, generator)
    return build(config.model, generator, data.train.inputs, data.train_places)


class Trainer:
    """Trains one network on one set of images; `run()` may be called again after `epochs` grew by `change`.

    The trainer owns everything that changes: network, optimizer, generators, position in the epoch. All of
    it is a function of `config`, the data and the changes made on the way, so the same seed gives the same
    curve on the same machine with the same number of threads.
    """

    def __init__(
        self, config: RunConfig, data: RunData, callbacks: Iterable[Callback] = (), device: torch.device | None = None
    ) -> None:
        if len(data.places) == 0:
            raise ConfigError("There are no training images; choose a data set that has some.")
        self.start = config  # as it began; with `history.changes` it replays the run
        self.config = config  # as it is now
        self.device = device or torch.device("cpu")
        check_batches(config, len(data.places))
        self._division = ZeroDivision() if without_epsilon(config.train.optimizer) else None
        self.callbacks = [GradientSizes(), *filter(None, [self._division]), *callbacks]
        seed = config.train.seed
        self.network = initial_network(config, data).to(self.device)
        self.module: nn.Module = as_module(self.network)  # what evaluation and probes see
        give_generator(self.module, stream(seed, "dropout", self.device))
        self.optimizer = build_optimizer(config.train.optimizer, self.network.parameters())
        self.order_stream = stream(seed, "order")
        self.attack_stream = stream(seed, "attack", self.device)
        self.data = data
        self.inputs = data.train.inputs.flatten(1).to(self.device)
        self.labels = data.train.labels.to(self.device)
        self.places = data.places
        self.n = len(self.places)  # images of an epoch
        self.history = History()
        self.compute_in(config.train.precision if config.train.precision != "auto" else "fp32")
        self.threads: int | None = None  # what the thread tuner chose, if there is one
        self.epoch = 0  # finished passes
        self.steps = 0
        self.examples = 0
        self.seconds = 0.0  # spent in steps, without measuring and waiting
        self.order = torch.empty(0, dtype=torch.int64)  # this epoch's permutation
        self.position = 0  # images of it already seen
        self._correct = torch.zeros((), dtype=torch.int64, device=self.device)  # in this epoch, for records
        self._pending: list[tuple[Tensor, float, int]] = []

    def compute_in(self, precision: Precision) -> None:
        """Multiply in this precision from the next step on; pixels that it would round are taken rounded."""
        self.precision, digits = precision, self.data.train
        exact = precision == "fp32" or self.config.train.adversarial != "none"  # attacks move pixels finely
        self.source = self.inputs
        if not exact and isinstance(digits, Digits) and rounds_pixels(self.config.model):
            self.source = digits.short.to(self.device)

    def run(self) -> History:
        """Train until `epochs` are done or a callback stops it. Raises Diverged if the loss does."""
        for _ in self.advance():
            pass
        return self.history

    def advance(self) -> Generator[None]:
        """The same in steps: yields after every one, so that several runs can take turns in one thread."""
        self._call("on_train_begin")
        try:
            self._measure_if_new()
            while self.epoch < self.config.train.epochs:
                yield from self._finish_epoch()
                if self.epoch >= self.config.train.epochs:
                    self._call("on_done")
        except StopTraining:
            self._note("stop", True)
            try:
                self.flush()
            finally:  # also where the last losses turn out to be no numbers
                self._measure_if_new()
        except Diverged:
            self._measure_if_new()
            raise
        finally:
            self._call("on_train_end")

    def _finish_epoch(self) -> Generator[None]:
        """The rest of the epoch: slices of one random permutation, so each image comes exactly once."""
        if self.position >= len(self.order):
            shuffled = torch.randperm(self.n, generator=self.order_stream)
            self.order, self.position = self.places[shuffled].to(self.device), 0
        while self.position < len(self.order):
            self._call("on_batch_begin")
            started = time.perf_counter()
            self.step(self.order[self.position : self.position + self.config.train.batch_size])
            self.seconds += time.perf_counter() - started
            every = self.config.train.record_every
            if every and self.steps % every == 0:
                self._record()  # looking is not training: its time is not the run's
            self._call("on_batch_end")
            yield
        self.flush()
        self.epoch, self.position, self.order = self.epoch + 1, 0, self.order[:0]
        self._correct.zero_()
        self.measure()

    def step(self, batch: Tensor) -> None:
        """Forward, loss, backward, update on the images that `batch` (B,) indexes."""
        if not self.module.training:
            self.module.train()
        x = self.source.index_select(0, batch)  # three times as fast as source[batch]
        y = self.labels.index_select(0, batch)
        train, bf16 = self.config.train, self.precision == "bf16"
        if train.adversarial != "none":
            x = attacked(self.module, x, y, train, self.done, self.attack_stream, bf16=bf16)
        loss, outputs = loss_and_gradients(
            self.network, x, y, train.reduction, label_smoothing=train.label_smoothing, bf16=bf16
        )
        self._call("on_grad_computed")
        lr = self._rate()
        set_rate(self.optimizer, lr)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.steps += 1
        self.position += len(batch)
        self.examples += len(batch)
        self._pending.append((loss, lr, len(batch)))
        if len(self._pending) >= FLUSH_EVERY:
            self.flush()
        if self.config.train.record_every and not y.is_floating_point():
            self._correct += (outputs.argmax(1) == y).sum()

    def _rate(self) -> float:
        """The learning rate of the next step, by schedule and decay."""
        train = self.config.train
        return rate(train.optimizer, self.steps, train.schedule, self.done)

    @property
    def done(self) -> float:
        """The share of the training behind us, in [0, 1], counted in images."""
        return min(1.0, (self.epoch + self.position / self.n) / max(1, self.config.train.epochs))

    def flush(self) -> None:
        """Move the last steps' losses into the history. Raises Diverged at the first that is not finite."""
        pending, self._pending = self._pending, []
        if not pending:
            return
        losses = torch.stack([loss for loss, _, _ in pending]).tolist()
        for value, (_, lr, examples) in zip(losses, pending, strict=True):
            per_image = value / examples if self.config.train.reduction == "sum" else value
            self.history.add_step(per_image, lr, examples)
            if not math.isfinite(value):
                step = len(self.history.loss)
                if self._division is not None and (at := self._division.step) is not None and at < step:
                    raise Diverged(
                        f"The loss stopped being a number at step {step:,}: step {at:,} divided by zero, for "
                        "a weight whose gradients were all zero so far. epsilon prevents it: set it to 1e-8."
                    )
                raise Diverged(
                    f"The loss stopped being a number at step {step:,}: the weights grew without bound. "
                    f"The learning rate {lr:g} is too high here; try {lr / 10:g}."
                )

    def measure(self) -> None:
        """Add a row to `history.epochs`: loss and accuracy on each split, in eval mode."""
        scores = {"train": evaluate(self.module, self.data.train, self.places[:TRAIN_SAMPLE])}
        if (validation := self._validate()) is not None:
            scores["validation"] = validation
        scores["test"] = evaluate(self.module, self.data.test)
        self.history.epochs.append(scored(self, scores))
        self._call("on_epoch_end")

    def _validate(self) -> Score | None:
        """The score on the validation images, if the run has some."""
        if self.data.first_half is not None:
            return evaluate(self.module, self.data.first_half)
        if self.data.validation_places is not None:
            return evaluate(self.module, self.data.train, self.data.validation_places)
        return None

    def _record(self) -> None:
        """Add a row to `history.records`: the errors as the lab report keeps them."""
        validation = self._validate()
        row: Row = {
            "step": self.steps,
            "epoch": self.epoch + self.position / self.n,
            "examples": self.examples,
            "seconds": self.seconds,
            "train_error": 1 - int(self._correct) / self.position,
            "validation_error": 1 - validation.accuracy if validation and validation.known else None,
        }
        self.history.records.append(row)

    def _measure_if_new(self) -> None:
        if not self.history.epochs or self.history.epochs[-1]["step"] != self.steps:
            self.measure()

    def change(self, name: str, value: Any) -> None:
        """Change a setting for all steps from here on: an optimizer's, `batch_size` or `epochs`.

        Fewer epochs than are already begun means: end with this one. It is written into the history and takes
        part in a replay. Raises ConfigError for a bad value, and leaves everything as it was.
        """
        train = self.config.train
        if name == "epochs":
            whole(value, 0, MOST_EPOCHS, "Epochs")
            value = max(value, self.epoch + (1 if len(self.order) else 0))  # one that has its order has begun
            self.config = replace(self.config, train=replace(train, epochs=value))
        elif name == "batch_size":
            changed = replace(self.config, train=replace(train, batch_size=value))
            check_batches(changed, self.n, len(self.order) - self.position)
            self.config = changed
        else:
            optimizer = change_setting(self.optimizer, train.optimizer, name, value)
            self.config = replace(self.config, train=replace(train, optimizer=optimizer))
        self._note(name, value)

    def _note(self, name: str, value: Any) -> None:
        """Write into the history what a person did, and when."""
        change = {"step": self.steps, "examples": self.examples, "name": name, "value": value}
        self.history.changes.append(change)

    def _call(self, moment: str) -> None:
        for callback in self.callbacks:
            getattr(callback, moment)(self)


def new_trainer(
    config: RunConfig,
    material: Material,
    device: torch.device,
    callbacks: Iterable[Callback] = (),
    *,
    keep_weights: bool = True,
) -> Trainer:
    """A trainer ready to run `config` on these examples; keep_weights: of every epoch, where the page can go back.

    Raises ConfigError where this machine's memory is too small for it.
    """
    memory.check(memory.of_training(config), "This training")
    watching: list[Callback] = []
    if keep_weights and isinstance(config.model, CNNConfig):
        watching = [KeepWeights(), PreActivations()]
    elif keep_weights and isinstance(config.model, RegressorConfig):
        watching = [KeepWeights(growth=1.06)]
    if keep_weights and not isinstance(config.model, RegressorConfig):
        watching.append(EarlyScores())
    if config.train.adversarial != "none":
        watching.insert(0, AttackedAccuracy())  # first, so that all others see the finished row
    if config.train.keep == "best" or config.train.patience:
        callbacks = [*callbacks, Best()]  # last: who ends a run lets the others finish with the row
    with own_threads(1):  # means of the images, too, are the same whoever asks for the run
        return Trainer(config, run_data(material, config), [*watching, *callbacks], device)
