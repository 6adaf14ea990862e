"""Optimizers at work: built from the entries of `core.config.optimizers`, and changed while they run."""

from collections.abc import Callable, Iterable
from typing import Protocol

import torch
from torch import Tensor

from core.config.optimizers import OPTIMIZERS
from core.config.run import OptimizerConfig
from core.config.validation import require
from core.training import chapter_optimizers
from core.training.sgd_by_hand import HandSGD


class Optimizer(Protocol):
    """What the trainer needs of an optimizer; torch.optim's classes fit as they are."""

    param_groups: list[dict[str, object]]

    def step(self) -> object:
        """Move every parameter by one step along its `.grad`."""

    def zero_grad(self) -> None:
        """Forget the gradients."""


#: Classes of ours by who makes the steps and whose place in torch.optim they take, with its arguments.
OURS: dict[tuple[str, str], Callable[..., Optimizer]] = {
    ("chapter", "SGD"): chapter_optimizers.SGD,
    ("chapter", "Adam"): chapter_optimizers.Adam,
    ("hand", "SGD"): HandSGD,
}


def build_optimizer(config: OptimizerConfig, parameters: Iterable[Tensor]) -> Optimizer:
    """The optimizer that `config` names, over `parameters`: leaf tensors, any shape, that need gradients."""
    entry = OPTIMIZERS[config.name]
    own = entry.made_by != "torch"
    make = OURS[entry.made_by, entry.in_torch] if own else getattr(torch.optim, entry.in_torch)
    made: Optimizer = make(list(parameters), **entry.arguments(config.settings))
    return made


def set_rate(optimizer: Optimizer, lr: float) -> None:
    """Take this learning rate from the next step on."""
    for group in optimizer.param_groups:
        group["lr"] = lr


def change_setting(optimizer: Optimizer, config: OptimizerConfig, name: str, value: float) -> OptimizerConfig:
    """Change one setting of a running optimizer; its memory (velocities, averages) stays.

    Returns the config as it is from now on. Raises ConfigError if the value is out of range, or if the
    optimizer has no such setting or none that may change on the way.
    """
    changed = OptimizerConfig(config.name, {**config.settings, name: value})
    entry = OPTIMIZERS[config.name]
    require(name in entry.live, f"{entry.title} keeps {name} while it runs.")
    before, now = entry.arguments(config.settings), entry.arguments(changed.settings)
    others = {key for key in now if now[key] != before[key]}  # momentum takes nesterov along, or leaves it behind
    for group in optimizer.param_groups:
        group.update({key: now[key] for key in others & group.keys()})
    return changed
