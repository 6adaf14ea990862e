"""What may happen between the steps of training, without the loop knowing.

A callback overrides the moments it cares about; the base class does nothing at all of them. It sees the
trainer and may stop it by raising `StopTraining`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from core.config.run import OptimizerConfig, Precision, RunConfig
from core.data.examples import Examples, RunData
from core.data.splits import evenly_spaced
from core.models.evaluation import Score, evaluate
from core.models.raw_mlp import RawMLP
from core.storage.history import History, Row


class StopTraining(Exception):  # noqa: N818 - a request, not an error
    """Raised by a callback to end the run at this safe point; what it has is kept."""


class Training(Protocol):
    """What a callback may see of the trainer, whose own docstring says what each is, and ask of it."""

    config: RunConfig
    data: RunData
    device: torch.device
    network: nn.Module | RawMLP
    module: nn.Module
    inputs: Tensor
    source: Tensor
    labels: Tensor
    places: Tensor
    history: History
    precision: Precision
    threads: int | None
    n: int
    epoch: int
    steps: int
    examples: int
    position: int
    seconds: float

    @property
    def done(self) -> float: ...
    def change(self, name: str, value: Any) -> None: ...
    def compute_in(self, precision: Precision) -> None: ...
    def flush(self) -> None: ...


class Callback:
    """The moments of a run, in the order in which they come, named as skorch names them.

    All of them do nothing here.
    """

    def on_train_begin(self, trainer: Training) -> None:
        """Before the first step of `run()`."""

    def on_batch_begin(self, trainer: Training) -> None:
        """Between two steps: the safe point to pause, stop or change a setting."""

    def on_grad_computed(self, trainer: Training) -> None:
        """The gradients stand in `.grad`, the weights have not moved yet."""

    def on_batch_end(self, trainer: Training) -> None:
        """The weights have moved."""

    def on_epoch_end(self, trainer: Training) -> None:
        """A new row stands in `history.epochs`: before the first step too, and where a run stops within an epoch."""

    def on_done(self, trainer: Training) -> None:
        """All epochs are done; who raises `epochs` now makes it go on."""

    def on_train_end(self, trainer: Training) -> None:
        """After the last step, however the run ended."""


class StopWhen(Callback):
    """Ends the run at the next safe point once `stopped` says so."""

    def __init__(self, stopped: Callable[[], bool]) -> None:
        self.stopped = stopped

    def on_batch_begin(self, trainer: Training) -> None:
        """The last step is behind us, the next not begun."""
        if self.stopped():
            raise StopTraining


class GradientSizes(Callback):
    """Records the root mean square of each layer's weight gradient every few steps.

    The mean over weights makes layers of different size comparable, which a total norm does not. Every step
    would cost a small network a sixth of its speed; every 20th is enough to draw a curve.
    """

    def __init__(self, every: int = 20) -> None:
        self.every = every

    def on_grad_computed(self, trainer: Training) -> None:
        if trainer.steps % self.every:
            return
        named = (
            list(trainer.network.tensors.items())
            if isinstance(trainer.network, RawMLP)
            else list(trainer.network.named_parameters())
        )
        row: dict[str, float | None] = {"step": trainer.steps}
        for name, parameter in named:
            if parameter.grad is not None and parameter.dim() > 1:
                gradient = parameter.grad.detach()
                summed_in = torch.promote_types(gradient.dtype, torch.float32)  # 16 bits would be too few
                norm = torch.linalg.vector_norm(gradient, dtype=summed_in).item()
                row[name] = norm / math.sqrt(parameter.numel()) if math.isfinite(norm) else None
        trainer.history.gradients.append(row)


def scored(trainer: Training, scores: Mapping[str, Score]) -> Row:
    """A row of `history.epochs` at this moment. scores: split → how the network did on it."""
    row: Row = {
        "epoch": trainer.epoch + trainer.position / trainer.n,
        "step": trainer.steps,
        "examples": trainer.examples,
        "seconds": trainer.seconds,
    }
    for name, score in scores.items():
        row[f"{name}_loss"] = score.loss if score.known else None
        row[f"{name}_accuracy"] = score.accuracy if score.graded else None
    return row


class EarlyScores(Callback):
    """Measures within the first epoch, at `shares` of it, for `history.early`: there a network learns most.

    examples: of each split, evenly spaced; the row after the epoch is measured on all.
    """

    def __init__(self, shares: Sequence[float] = (1 / 16, 1 / 8, 1 / 4, 1 / 2), examples: int = 1_000) -> None:
        self.left, self.examples = list(shares), examples

    def on_batch_end(self, trainer: Training) -> None:
        if trainer.epoch or not self.left or not self.left[0] <= trainer.position / trainer.n < 1:
            return
        self.left = [share for share in self.left if share > trainer.position / trainer.n]
        data = trainer.data
        splits: dict[str, tuple[Examples, Tensor | None]] = {"train": (data.train, trainer.places)}
        if data.first_half is not None:
            splits["validation"] = data.first_half, None
        elif data.validation_places is not None:
            splits["validation"] = data.train, data.validation_places
        splits["test"] = data.test, None
        scores = {name: evaluate(trainer.module, *self._some(*split)) for name, split in splits.items()}
        trainer.history.early.append(scored(trainer, scores))

    def _some(self, examples: Examples, places: Tensor | None) -> tuple[Examples, Tensor]:
        """The examples, and the places of those that are measured."""
        total = len(examples) if places is None else len(places)
        few = evenly_spaced(total, self.examples)
        return examples, few if places is None else places[few]


class Replay(Callback):
    """Repeats what a person did while a recorded run was going on: changes, more epochs, a stop."""

    def __init__(self, changes: Sequence[dict[str, Any]]) -> None:
        self.changes = sorted(changes, key=lambda change: int(change["step"]))

    def on_batch_begin(self, trainer: Training) -> None:
        while self.changes and int(self.changes[0]["step"]) <= trainer.steps:
            change = self.changes.pop(0)
            if change["name"] != "stop":
                trainer.change(str(change["name"]), change["value"])
            elif not self.changes:  # after any other stop the run went on
                raise StopTraining

    on_done = on_batch_begin  # an epoch added after the end stands at the last step


# An adaptive optimizer without its ε: a weight whose gradients have all been zero is moved by 0/0.


def without_epsilon(config: OptimizerConfig) -> bool:
    """Whether the optimizer divides by gradient sizes to which nothing is added, in 32 bits."""
    return "epsilon" in config.settings and not torch.tensor(config["epsilon"], dtype=torch.float32)


class ZeroDivision(Callback):
    """Notices the step that makes a weight no finite number; without ε such a step has divided by zero.

    The steps of adaptive optimizers are about as long as the learning rate, so a rate that is too high does
    not do it. step: its number from 1, None before it came.
    """

    step: int | None = None

    def on_batch_end(self, trainer: Training) -> None:
        """Look at every weight, until one is found."""
        if self.step is None and not all(bool(w.isfinite().all()) for w in trainer.network.parameters()):
            self.step = trainer.steps


# Early stopping: the weights of the epoch that did best on validation examples, and an end in time.
#
# A network that goes on after it has learned what there is learns the noise. Validation examples, which it never
# trains on, tell when; the test examples must not, or they would no longer test anything.


class Best(Callback):
    """Keeps a copy of the weights at the lowest validation loss so far, and stops after `patience` epochs.

    row: the number of the best row in `history.epochs`, None before there is one. weights: its state_dict.
    """

    def __init__(self) -> None:
        self.row: int | None = None
        self.weights: dict[str, Tensor] = {}
        self._loss = math.inf

    def on_epoch_end(self, trainer: Training) -> None:
        rows = trainer.history.epochs
        loss = rows[-1].get("validation_loss")
        if loss is not None and loss < self._loss:
            self._loss, self.row = loss, len(rows) - 1
            self.weights = {k: v.detach().cpu().clone() for k, v in trainer.module.state_dict().items()}

        patience = trainer.config.train.patience
        if patience and self.row is not None:
            waited = float(rows[-1]["epoch"] or 0) - float(rows[self.row]["epoch"] or 0)
            if waited >= patience and trainer.epoch < trainer.config.train.epochs:
                trainer.change("epochs", trainer.epoch)  # the run ends here as if no more had been asked for
