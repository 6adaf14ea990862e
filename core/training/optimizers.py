"""The optimisers: rules that turn a gradient into a step.

`OPTIMIZERS` maps a name to its settings and its code; the select boxes, the command line and the tests all
read this one dict. To add one, add an entry.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from core.checks import Setting
from core.config import OptimizerConfig


class Optimizer(Protocol):
    """What the trainer needs of an optimiser; torch.optim's classes fit as they are."""

    param_groups: list[dict[str, object]]

    def step(self) -> object:
        """Move every parameter by one step along its `.grad`."""

    def zero_grad(self) -> None:
        """Forget the gradients."""


class HandSGD:
    """Gradient descent as on the slides and in the blog, written by hand: v := γv + lr · ∂L/∂W, W := W − v.

    With momentum γ = 0 it is W := W − lr · ∂L/∂W. torch.optim.SGD keeps the rate outside the velocity
    (v := γv + ∂L/∂W, W := W − lr · v): the same steps while the rate stands still, other ones after it
    changes, because here the velocity remembers steps that were made at the old rate.

    Source: the slides' task 1, where no torch.optim is allowed; the blog's momentum update.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.0) -> None:
        self.param_groups: list[dict[str, object]] = [
            {"params": list(parameters), "lr": lr, "momentum": momentum}
        ]
        self.velocities: dict[Tensor, Tensor] = {}

    @torch.no_grad()
    def step(self) -> None:
        """Update the parameters in place; those without a gradient stay."""
        for group in self.param_groups:
            lr, momentum, parameters = group["lr"], group["momentum"], group["params"]
            assert isinstance(lr, float)
            assert isinstance(momentum, float)
            assert isinstance(parameters, list)
            for parameter in parameters:
                if parameter.grad is None:
                    continue
                if not momentum and parameter not in self.velocities:
                    parameter.sub_(parameter.grad, alpha=lr)  # W := W − lr · gradient
                    continue
                if parameter not in self.velocities:
                    self.velocities[parameter] = torch.zeros_like(parameter)
                velocity = self.velocities[parameter]
                velocity.mul_(momentum).add_(parameter.grad, alpha=lr)  # v := γ v + lr · gradient
                parameter.sub_(velocity)  # W := W − v

    def zero_grad(self) -> None:
        """Drop the gradients, so that the next backward() starts from nothing instead of adding up."""
        for group in self.param_groups:
            parameters = group["params"]
            assert isinstance(parameters, list)
            for parameter in parameters:
                parameter.grad = None


@dataclass(frozen=True)
class OptimizerEntry:
    """A choice in OPTIMIZERS: the name people read, one sentence, its settings, and how to build it.

    live: torch's name in `param_groups` of each setting that may change while training runs.
    """

    title: str
    idea: str
    settings: Mapping[str, Setting]
    build: Callable[[list[Tensor], Mapping[str, float]], Optimizer]
    live: Mapping[str, str]


def _rate(default: float) -> Setting:
    return Setting(default, 0, 100, "Learning rate: how far one step goes.", log=True, open_low=True)


_MOMENTUM = Setting(0.0, 0, 1, "How much of the previous step is kept (0: none).", open_high=True)
_EPSILON = "A small number that keeps the division away from zero."

OPTIMIZERS: dict[str, OptimizerEntry] = {
    "sgd-by-hand": OptimizerEntry(
        title="SGD, written by hand",
        idea="v := γv + lr · gradient, W := W − v: a few lines of Python on bare tensors.",
        settings={"lr": _rate(0.01), "momentum": _MOMENTUM},
        build=lambda parameters, s: HandSGD(parameters, lr=s["lr"], momentum=s["momentum"]),
        live={"lr": "lr", "momentum": "momentum"},
    ),
    "sgd": OptimizerEntry(
        title="SGD",
        idea="The same step for every weight; momentum lets steps in one direction add up.",
        settings={"lr": _rate(0.01), "momentum": _MOMENTUM},
        build=lambda parameters, s: torch.optim.SGD(parameters, lr=s["lr"], momentum=s["momentum"]),
        live={"lr": "lr", "momentum": "momentum"},
    ),
    "rmsprop": OptimizerEntry(
        title="RMSprop",
        idea="Divides each weight's step by the recent size of its gradient.",
        settings={
            "lr": _rate(0.001),
            "rho": Setting(
                0.9, 0, 1, "How long the recent size of a gradient is remembered.", open_high=True
            ),
            "epsilon": Setting(1e-6, 0, 1, _EPSILON, log=True),
        },
        build=lambda parameters, s: torch.optim.RMSprop(
            parameters, lr=s["lr"], alpha=s["rho"], eps=s["epsilon"]
        ),
        live={"lr": "lr", "rho": "alpha"},
    ),
    "adam": OptimizerEntry(
        title="Adam",
        idea="Momentum and RMSprop together, corrected for their start from zero.",
        settings={
            "lr": _rate(0.001),
            "beta_1": Setting(0.9, 0, 1, "Memory of the mean gradient.", open_high=True),
            "beta_2": Setting(0.999, 0, 1, "Memory of the mean squared gradient.", open_high=True),
            "epsilon": Setting(1e-8, 0, 1, _EPSILON, log=True),
        },
        build=lambda parameters, s: torch.optim.Adam(
            parameters, lr=s["lr"], betas=(s["beta_1"], s["beta_2"]), eps=s["epsilon"]
        ),
        live={"lr": "lr"},
    ),
}


def build_optimizer(config: OptimizerConfig, parameters: Iterable[Tensor]) -> Optimizer:
    """The optimiser that `config` names, over `parameters` (leaf tensors that require gradients)."""
    return OPTIMIZERS[config.name].build(list(parameters), config.settings)


def change_setting(optimizer: Optimizer, config: OptimizerConfig, name: str, value: float) -> OptimizerConfig:
    """Change one setting of a running optimiser; its memory (velocities, averages) stays.

    Returns the config as it is from now on. Raises ConfigError if the value is out of range or the
    optimiser has no such setting.
    """
    changed = OptimizerConfig(config.name, {**config.settings, name: value})
    for group in optimizer.param_groups:
        group[OPTIMIZERS[config.name].live[name]] = float(value)
    return changed
