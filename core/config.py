"""What decides a run, as frozen dataclasses that refuse nonsense with a sentence.

A run is decided by three things: the network (`MLPConfig` or `CNNConfig`), how it is trained (`TrainConfig`,
which holds an `OptimizerConfig`) and the data. `RunConfig` ties the first two to the recipe they came from.
All of them go to JSON and back without loss, so that a checkpoint, a recorded run and a link rebuild the
same thing.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from core.checks import is_number, one_of, require, whole
from core.choices import (
    ACTIVATIONS,
    ADVERSARIES,
    FAMILIES,
    INITIALIZATIONS,
    PRECISIONS,
    REDUCTIONS,
    SCHEDULE_NAMES,
    SPLITS,
    Activation,
    Adversarial,
    Family,
    Initialization,
    Precision,
    Reduction,
    Schedule,
    Split,
)
from core.cnn_config import CNNConfig
from core.errors import ConfigError
from core.mlp_config import MLPConfig

__all__ = [
    "ACTIVATIONS",
    "ADVERSARIES",
    "FAMILIES",
    "INITIALIZATIONS",
    "PRECISIONS",
    "REDUCTIONS",
    "SPLITS",
    "Activation",
    "Adversarial",
    "CNNConfig",
    "Family",
    "Initialization",
    "MLPConfig",
    "ModelConfig",
    "OptimizerConfig",
    "Precision",
    "Reduction",
    "RunConfig",
    "Split",
    "TrainConfig",
]

ModelConfig = MLPConfig | CNNConfig
#: The kinds of networks by the name that stands in a file.
KINDS: dict[str, type[MLPConfig] | type[CNNConfig]] = {"mlp": MLPConfig, "cnn": CNNConfig}


@dataclass(frozen=True)
class OptimizerConfig:
    """An optimiser by its name in OPTIMIZERS and its settings; what is left out takes the default."""

    name: str = "sgd"
    settings: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from core.training.optimizers import OPTIMIZERS  # the dict of choices lives with their code

        one_of(self.name, tuple(OPTIMIZERS), "The optimiser")
        known = OPTIMIZERS[self.name].settings
        for key, value in self.settings.items():
            require(key in known, f"{self.name} has no setting {key!r}; it has {', '.join(known)}.")
            known[key].check(key, value)
        full = {key: float(self.settings.get(key, setting.default)) for key, setting in known.items()}
        object.__setattr__(self, "settings", full)

    def __getitem__(self, key: str) -> float:
        return self.settings[key]


@dataclass(frozen=True)
class TrainConfig:
    """How a network is trained.

    epochs: passes over the training images, 0…1,000 (0 only measures the start).
    batch_size: images a step, 1…10,000; the last batch of an epoch holds what is left.
    reduction: "mean" averages the cross-entropy over a batch, "sum" adds it up (as the slides write it):
        the gradient, and so the step, is batch_size times larger.
    seed: decides initial weights, batch order and dropout, each through a generator of its own.
    validation: share of the training images held out to choose by, in [0, 0.5]; 0 holds out none.
    precision: "fp32", "bf16" (matrix products in 16 bits), or "auto": bf16 only where a short trial on this
        processor shows it to be faster.
    threads: processor threads, or None: measured when the run starts, and recorded.
    split: "lab" takes the first half of the test images for validation, as the lab report does, and reports
        the last half too; "none" leaves them together.
    record_every: steps between two entries of training and validation error in the record; 0 keeps none.
    schedule: how the learning rate moves on the way, a name in core.training.schedules.
    adversarial: train on attacked images in place of the images themselves: "fgsm" with one step from a
        random start (Wong, Rice & Kolter 2020), "pgd" with several (Madry et al. 2018), or "none".
    attack_epsilon: the largest change of a pixel while training, in [0, 1]. attack_steps: of "pgd", 1…100.
    attack_step_size: how far one step of the attack goes; 0 takes ε for "fgsm" and 2 ε / steps for "pgd".
    attack_warmup: share of the training over which ε
        and the step grow from nothing: from the full ε at once some networks never begin to learn.
    """

    epochs: int = 10
    batch_size: int = 128
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    reduction: Reduction = "mean"
    seed: int = 0
    validation: float = 0.0
    precision: Precision = "auto"
    threads: int | None = None
    split: Split = "none"
    record_every: int = 0
    schedule: Schedule = "constant"
    adversarial: Adversarial = "none"
    attack_epsilon: float = 0.3
    attack_steps: int = 5
    attack_step_size: float = 0.0
    attack_warmup: float = 0.3

    def __post_init__(self) -> None:
        whole(self.epochs, 0, 1000, "Epochs")
        whole(self.batch_size, 1, 10_000, "The batch size")
        whole(self.seed, 0, 2**31 - 1, "The seed")
        one_of(self.reduction, REDUCTIONS, "The loss")
        one_of(self.precision, PRECISIONS, "The precision")
        one_of(self.split, SPLITS, "The split")
        one_of(self.schedule, SCHEDULE_NAMES, "The schedule")
        one_of(self.adversarial, ADVERSARIES, "Adversarial training")
        for name, most in (("epsilon", 1), ("step_size", 2), ("warmup", 1)):
            value = getattr(self, f"attack_{name}")
            require(
                is_number(value) and 0 <= value <= most,
                f"attack_{name} must lie between 0 and {most}; it is {value!r}.",
            )
        whole(self.attack_steps, 1, 100, "Steps of the attack while training")
        whole(self.record_every, 0, 100_000, "Steps between two records")
        require(
            is_number(self.validation) and 0 <= self.validation <= 0.5,
            f"The validation share must lie between 0 and 0.5; it is {self.validation!r}.",
        )
        require(
            self.split == "none" or self.validation == 0,
            "The lab report's split validates on test images: leave the share of training images at 0.",
        )
        if self.threads is not None:
            whole(self.threads, 1, 256, "Threads")


@dataclass(frozen=True)
class RunConfig:
    """A whole run: the recipe it started from, the network and the training."""

    recipe: str
    model: ModelConfig
    train: TrainConfig

    def __post_init__(self) -> None:
        require(
            self.train.adversarial == "none" or self.model.family != "manual",
            "The network derived by hand has formulas for its weights' gradients alone, and an attack needs "
            "those of the pixels; choose another network for adversarial training.",
        )

    @property
    def mlp(self) -> MLPConfig:
        """The network's config where it is fully connected. Raises ConfigError where it is not."""
        if not isinstance(self.model, MLPConfig):
            raise ConfigError(f"{self.recipe} is no fully connected network; choose one that is.")
        return self.model

    @property
    def cnn(self) -> CNNConfig:
        """The network's config where it is convolutional. Raises ConfigError where it is not."""
        if not isinstance(self.model, CNNConfig):
            raise ConfigError(f"{self.recipe} is no convolutional network; choose one that is.")
        return self.model

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` turns them back into an equal RunConfig."""
        kind = next(name for name, config in KINDS.items() if isinstance(self.model, config))
        model = {"kind": kind, **_plain(self.model)}
        return {"recipe": self.recipe, "model": model, "train": _plain(self.train)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from `to_json`'s values. Raises ConfigError if they do not describe a run."""
        try:
            model: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in values["model"].items()
            }
            kind = KINDS[model.pop("kind", "mlp")]  # files of the first version hold MLPs and do not say so
            optimizer = OptimizerConfig(**values["train"]["optimizer"])
            train = TrainConfig(**{**values["train"], "optimizer": optimizer})
            return cls(recipe=str(values["recipe"]), model=kind(**model), train=train)
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"These settings do not describe a run: {error}.") from error

    def settings(self) -> dict[str, Any]:
        """All settings under one flat set of names, those that `with_settings` takes."""
        model = {f.name: getattr(self.model, f.name) for f in dataclasses.fields(self.model)}
        train = {f.name: getattr(self.train, f.name) for f in dataclasses.fields(self.train)}
        train["optimizer"] = self.train.optimizer.name
        return {**model, **train, **self.train.optimizer.settings}

    def with_settings(self, changes: Mapping[str, Any]) -> Self:
        """A copy with some settings changed, by their flat names (`lr`, `hidden`, `epochs`, …).

        Changing `optimizer` keeps the settings that the new one also has only if they are named in
        `changes`; the others take its defaults. Raises ConfigError for unknown names or bad values.
        """
        from core.training.optimizers import OPTIMIZERS

        name = str(changes.get("optimizer", self.train.optimizer.name))
        one_of(name, tuple(OPTIMIZERS), "The optimiser")
        same = name == self.train.optimizer.name
        optimizer = dict(self.train.optimizer.settings) if same else {}
        model: dict[str, Any] = {}
        train: dict[str, Any] = {}
        for key, value in changes.items():
            if key in {f.name for f in dataclasses.fields(self.model)}:
                model[key] = tuple(value) if isinstance(value, list | tuple) else value
            elif key in OPTIMIZERS[name].settings:
                optimizer[key] = value
            elif key in {f.name for f in dataclasses.fields(self.train)}:
                train[key] = value
            else:
                known = ", ".join(self.settings())
                raise ConfigError(f"There is no setting {key!r} here; the settings are {known}.")
        train["optimizer"] = OptimizerConfig(name, optimizer)
        return dataclasses.replace(
            self,
            model=dataclasses.replace(self.model, **model),
            train=dataclasses.replace(self.train, **train),
        )


def _plain(config: object) -> dict[str, Any]:
    """A dataclass as JSON values: tuples become lists, nested configs dicts."""
    if not dataclasses.is_dataclass(config) or isinstance(config, type):
        raise TypeError(f"{config!r} is not a config")
    values: dict[str, Any] = {}
    for part in dataclasses.fields(config):
        value = getattr(config, part.name)
        if isinstance(value, OptimizerConfig):
            value = {"name": value.name, "settings": dict(value.settings)}
        values[part.name] = list(value) if isinstance(value, tuple) else value
    return values
