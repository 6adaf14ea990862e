"""The optimizers: rules that turn a gradient into a step.

`OPTIMIZERS` maps a name to its settings and its code; the select boxes, the command line and the tests all
read this one dict. To add one, add an entry.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from core.config.run import OptimizerConfig
from core.config.validation import Setting
from core.training.chapter_optimizers import SGD, Adam
from core.training.sgd_by_hand import HandSGD
from core.training.update_rules import ADADELTA, ADAGRAD, ADAM, ADAMW, MOMENTUM, RMSPROP, SYMBOLS, UpdateRule


class Optimizer(Protocol):
    """What the trainer needs of an optimizer; torch.optim's classes fit as they are."""

    param_groups: list[dict[str, object]]

    def step(self) -> object:
        """Move every parameter by one step along its `.grad`."""

    def zero_grad(self) -> None:
        """Forget the gradients."""


@dataclass(frozen=True)
class OptimizerEntry:
    """A choice in OPTIMIZERS: the name people read, one sentence, its formula, its settings, how to build it.

    rule: what it computes, which pages show and a test holds it to. in_torch: torch.optim's class of the
    same rule. live: torch's name in `param_groups` of each setting that may change while training runs.
    """

    title: str
    idea: str
    rule: UpdateRule
    in_torch: str
    settings: Mapping[str, Setting]
    build: Callable[[list[Tensor], Mapping[str, float]], Optimizer]
    live: Mapping[str, str]

    def latex(self, values: Mapping[str, float] | None = None) -> tuple[str, ...]:
        """The lines of its formula, with numbers where `values` gives some, else with the usual symbols."""
        defaults = {name: setting.default for name, setting in self.settings.items()}
        shown = {name: latex_number(value) for name, value in (values or {}).items()}
        return self.rule.latex({**SYMBOLS, **shown}, values or defaults)


def latex_number(value: float) -> str:
    """A number as LaTeX: 0.001, and 10^{-8} where Python writes 1e-08."""
    mantissa, _, exponent = f"{value:.6g}".partition("e")
    if not exponent:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"


def _rate(default: float) -> Setting:
    return Setting(default, 0, 100, "Learning rate: how far one step goes.", log=True, open_low=True)


def _share(default: float, help: str) -> Setting:
    return Setting(default, 0, 1, help, open_high=True)


_MOMENTUM = "How much of the previous step is kept (0: none)."
_KERAS_MOMENTUM = (
    f"{_MOMENTUM} The velocity holds steps, v := γv + lr · gradient, as in the blog and in Keras; torch "
    "keeps the rate outside, which differs when the rate changes."
)
_EPSILON = Setting(1e-8, 0, 1, "A small number that keeps the division away from zero.", log=True)
_KERAS_EPSILON = Setting(
    1e-8,
    0,
    1,
    "A small number that keeps the division away from zero. It is added to √v before v is corrected for its "
    "start from zero, as Keras does; torch adds it afterwards.",
    log=True,
)
_DECAY = Setting(0.0, 0, 1, "Time-based decay: the rate of step t is lr / (1 + decay · t), t from 0.")
_NESTEROV = Setting(0.0, 0, 1, "Look ahead along the velocity (Nesterov); needs momentum.", switch=True)
_WEIGHT_DECAY = Setting(0.01, 0, 1, "Each step also shrinks every weight by lr · this share.", log=True)

OPTIMIZERS: dict[str, OptimizerEntry] = {
    "sgd-by-hand": OptimizerEntry(
        title="SGD, written by hand",
        idea="v := γv + lr · gradient, W := W − v: a few lines of Python on bare tensors.",
        rule=MOMENTUM,
        in_torch="SGD",
        settings={"lr": _rate(0.01), "momentum": _share(0.0, _MOMENTUM)},
        build=lambda parameters, s: HandSGD(parameters, lr=s["lr"], momentum=s["momentum"]),
        live={"lr": "lr", "momentum": "momentum"},
    ),
    "sgd": OptimizerEntry(
        title="SGD",
        idea="The same step for every weight; momentum lets steps in one direction add up.",
        rule=MOMENTUM,
        in_torch="SGD",
        settings={"lr": _rate(0.01), "momentum": _share(0.0, _KERAS_MOMENTUM), "decay": _DECAY, "nesterov": _NESTEROV},
        build=lambda parameters, s: SGD(parameters, s["lr"], s["momentum"], s["nesterov"] > 0),
        live={"lr": "lr", "momentum": "momentum"},
    ),
    "momentum": OptimizerEntry(
        title="SGD with momentum",
        idea="A ball that rolls: nine tenths of the last step go into the next one.",
        rule=MOMENTUM,
        in_torch="SGD",
        settings={"lr": _rate(0.01), "momentum": _share(0.9, _KERAS_MOMENTUM), "decay": _DECAY, "nesterov": _NESTEROV},
        build=lambda parameters, s: SGD(parameters, s["lr"], s["momentum"], s["nesterov"] > 0),
        live={"lr": "lr", "momentum": "momentum"},
    ),
    "rmsprop": OptimizerEntry(
        title="RMSprop",
        idea="Divides each weight's step by the recent size of its gradient.",
        rule=RMSPROP,
        in_torch="RMSprop",
        settings={
            "lr": _rate(0.001),
            "rho": _share(0.9, "How long the recent size of a gradient is remembered."),
            "epsilon": replace(_EPSILON, default=1e-6),
        },
        build=lambda parameters, s: torch.optim.RMSprop(parameters, lr=s["lr"], alpha=s["rho"], eps=s["epsilon"]),
        live={"lr": "lr", "rho": "alpha"},
    ),
    "adam": OptimizerEntry(
        title="Adam",
        idea="Momentum and RMSprop together, corrected for their start from zero.",
        rule=ADAM,
        in_torch="Adam",
        settings={
            "lr": _rate(0.001),
            "beta_1": _share(0.9, "Memory of the mean gradient."),
            "beta_2": _share(0.999, "Memory of the mean squared gradient."),
            "epsilon": _KERAS_EPSILON,
        },
        build=lambda parameters, s: Adam(parameters, s["lr"], (s["beta_1"], s["beta_2"]), s["epsilon"]),
        live={"lr": "lr"},
    ),
    "adamw": OptimizerEntry(
        title="AdamW",
        idea="Adam, and every weight shrinks a little at each step (Loshchilov & Hutter 2019).",
        rule=ADAMW,
        in_torch="AdamW",
        settings={
            "lr": _rate(0.001),
            "beta_1": _share(0.9, "Memory of the mean gradient."),
            "beta_2": _share(0.999, "Memory of the mean squared gradient."),
            "epsilon": _EPSILON,
            "weight_decay": _WEIGHT_DECAY,
        },
        build=lambda parameters, s: torch.optim.AdamW(
            parameters, lr=s["lr"], betas=(s["beta_1"], s["beta_2"]), eps=s["epsilon"], weight_decay=s["weight_decay"]
        ),
        live={"lr": "lr", "weight_decay": "weight_decay"},
    ),
    "adagrad": OptimizerEntry(
        title="Adagrad",
        idea="Divides each weight's step by the size of all its gradients so far (Duchi et al. 2011).",
        rule=ADAGRAD,
        in_torch="Adagrad",
        settings={"lr": _rate(0.01), "epsilon": replace(_EPSILON, default=1e-10)},
        build=lambda parameters, s: torch.optim.Adagrad(parameters, lr=s["lr"], eps=s["epsilon"]),
        live={"lr": "lr"},
    ),
    "adadelta": OptimizerEntry(
        title="Adadelta",
        idea="RMSprop that also measures its own steps, so that the rate hardly matters (Zeiler 2012).",
        rule=ADADELTA,
        in_torch="Adadelta",
        settings={
            "lr": _rate(1.0),
            "rho": _share(0.9, "How long sizes of gradients and steps are remembered."),
            "epsilon": replace(_EPSILON, default=1e-6),
        },
        build=lambda parameters, s: torch.optim.Adadelta(parameters, lr=s["lr"], rho=s["rho"], eps=s["epsilon"]),
        live={"lr": "lr", "rho": "rho"},
    ),
}


def build_optimizer(config: OptimizerConfig, parameters: Iterable[Tensor]) -> Optimizer:
    """The optimizer that `config` names, over `parameters`: leaf tensors, any shape, that need gradients."""
    return OPTIMIZERS[config.name].build(list(parameters), config.settings)


def set_rate(optimizer: Optimizer, lr: float) -> None:
    """Take this learning rate from the next step on."""
    for group in optimizer.param_groups:
        group["lr"] = lr


def change_setting(optimizer: Optimizer, config: OptimizerConfig, name: str, value: float) -> OptimizerConfig:
    """Change one setting of a running optimizer; its memory (velocities, averages) stays.

    Returns the config as it is from now on. Raises ConfigError if the value is out of range or the
    optimizer has no such setting.
    """
    changed = OptimizerConfig(config.name, {**config.settings, name: value})
    for group in optimizer.param_groups:
        group[OPTIMIZERS[config.name].live[name]] = float(value)
        if name == "momentum" and "nesterov" in group:
            # Without momentum there is nothing to look ahead along, and torch refuses it.
            group["nesterov"] = changed.settings.get("nesterov", 0.0) > 0 and value > 0
    return changed
