"""What decides a run, as frozen dataclasses that refuse nonsense with a sentence.

A run is decided by three things: the network (`MLPConfig`, `CNNConfig`, …), how it is trained (`TrainConfig`,
which holds an `OptimizerConfig`) and the data. `RunConfig` ties them to the recipe they came from.
All of them go to JSON and back without loss, so that a checkpoint, a recorded run and a link rebuild the
same thing.
"""

import dataclasses
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from core.config.choices import (
    ACTIVATIONS,
    ADVERSARIES,
    INITIALIZATIONS,
    PRECISIONS,
    REDUCTIONS,
    SPLITS,
    Activation,
    Adversarial,
    Initialization,
    Precision,
    Reduction,
    Split,
)
from core.config.cnn import CNNConfig
from core.config.digits import DigitsConfig
from core.config.errors import ConfigError
from core.config.language import RecurrentConfig, WordsConfig
from core.config.mlp import FAMILIES, MLPConfig
from core.config.optimizers import OPTIMIZERS
from core.config.regression import CurveConfig, RegressorConfig
from core.config.train import OptimizerConfig, TrainConfig
from core.config.validation import one_of, require
from core.formatting import count

__all__ = [
    "ACTIVATIONS",
    "ADVERSARIES",
    "DIGIT_READERS",
    "FAMILIES",
    "INITIALIZATIONS",
    "PRECISIONS",
    "REDUCTIONS",
    "SPLITS",
    "Activation",
    "Adversarial",
    "CNNConfig",
    "CurveConfig",
    "DataConfig",
    "Initialization",
    "MLPConfig",
    "ModelConfig",
    "OptimizerConfig",
    "Precision",
    "RecurrentConfig",
    "Reduction",
    "RegressorConfig",
    "RunConfig",
    "Split",
    "TrainConfig",
    "WordsConfig",
    "examples",
]

ModelConfig = MLPConfig | CNNConfig | RegressorConfig | RecurrentConfig
DataConfig = DigitsConfig | CurveConfig | WordsConfig
#: The kinds of networks by the name that stands in a file.
KINDS: dict[str, type[ModelConfig]] = {
    "mlp": MLPConfig,
    "cnn": CNNConfig,
    "regressor": RegressorConfig,
    "recurrent": RecurrentConfig,
}
#: What each kind of network learns from.
MATERIALS: dict[type[ModelConfig], type[DataConfig]] = {
    MLPConfig: DigitsConfig,
    CNNConfig: DigitsConfig,
    RegressorConfig: CurveConfig,
    RecurrentConfig: WordsConfig,
}
#: What one example is called, where it is not an image.
NOUNS: dict[type[ModelConfig], str] = {RegressorConfig: "point", RecurrentConfig: "word"}
#: The kinds that read digits.
DIGIT_READERS = (MLPConfig, CNNConfig)


def examples(model: ModelConfig) -> str:
    """What such a network learns from: "images", "words" or "points"."""
    return f"{NOUNS.get(type(model), 'image')}s"


@dataclass(frozen=True)
class RunConfig:
    """A whole run: the recipe it started from, the network, the training, and what it learns from.

    data: which points, which words, or what was done to the digits (these are whatever this computer has);
    None takes what goes with the network.
    """

    recipe: str
    model: ModelConfig
    train: TrainConfig
    data: DataConfig | None = None

    def __post_init__(self) -> None:
        material = MATERIALS[type(self.model)]
        require(
            re.fullmatch(r"[\w.-]{0,60}", self.recipe) is not None,
            "The id of a recipe has letters, digits, dots and dashes only, at most 60.",
        )
        if self.data is None:
            object.__setattr__(self, "data", material())
        require(
            isinstance(self.data, material),
            f"{type(self.model).__name__} does not learn from {type(self.data).__name__}.",
        )
        require(
            self.train.adversarial == "none" or isinstance(self.model, DIGIT_READERS),
            "Adversarial training changes pixels; this network reads none.",
        )
        require(
            self.train.split == "none" or isinstance(self.model, DIGIT_READERS),
            "The lab report's split is one of MNIST's test images; this network reads none.",
        )
        require(
            not self.train.label_smoothing
            or (not isinstance(self.model, RegressorConfig) and self.model.family != "manual"),
            "Label smoothing needs answers that are classes and a loss that autograd derives; set "
            "label_smoothing to 0 for this network.",
        )
        require(
            not self.train.record_every or not isinstance(self.model, RegressorConfig),
            "A record counts wrong answers; a network that answers with numbers has none: set record_every to 0.",
        )
        require(
            self.train.batch_size > 1 or not self.one_value,
            "Batch normalization needs at least two images in a batch: take a larger batch size, or leave it out.",
        )
        if isinstance(self.data, CurveConfig) and self.train.validation:
            points, share = self.data.learned, self.train.validation
            require(
                round(share * points) >= 1,
                f"A share of {share:g} of {points} points holds out none to validate with: draw more points, "
                "or raise the validation share (0 holds out none on purpose).",
            )
        require(
            self.train.adversarial == "none" or self.model.family != "manual",
            "The network derived by hand has formulas for its weights' gradients alone, and an attack needs "
            "those of the pixels; choose another network for adversarial training.",
        )

    @property
    def one_value(self) -> bool:
        """Whether a batch norm meets a single value an image and channel, so that one image has no spread."""
        return isinstance(self.model, CNNConfig) and any(
            layer.kind == "batch norm" and math.prod(layer.shape[1:]) == 1 for layer in self.model.layers()
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

    @property
    def faults(self) -> DigitsConfig:
        """What was done to the training digits. Raises ConfigError for a network that reads none."""
        if not isinstance(self.data, DigitsConfig):
            raise ConfigError(f"{self.recipe} reads no digits.")
        return self.data

    def tested_on(self, n: int) -> str:
        """Its n test examples in words: "10,000 test images", "the last 5,000 test images"."""
        last = "the last " if self.train.split == "lab" else ""
        return last + count(n, f"test {NOUNS.get(type(self.model), 'image')}")

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` turns them back into an equal RunConfig."""
        kind = next(name for name, config in KINDS.items() if isinstance(self.model, config))
        model = {"kind": kind, **_plain(self.model)}
        found = {"recipe": self.recipe, "model": model, "train": _plain(self.train)}
        return found if self.data == DigitsConfig() else {**found, "data": _plain(self.data)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from `to_json`'s values. Raises ConfigError if they do not describe a run."""
        try:
            model: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value for name, value in values["model"].items()
            }
            kind = KINDS[model.pop("kind", "mlp")]  # files of the first version hold MLPs and do not say so
            optimizer = OptimizerConfig(**values["train"]["optimizer"])
            train = TrainConfig(**{**values["train"], "optimizer": optimizer})
            data = MATERIALS[kind](**values.get("data", {}))
            return cls(recipe=str(values["recipe"]), model=kind(**model), train=train, data=data)
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"These settings do not describe a run: {error}.") from error

    def settings(self) -> dict[str, Any]:
        """All settings under one flat set of names, those that `with_settings` takes."""
        model = {f.name: getattr(self.model, f.name) for f in dataclasses.fields(self.model)}
        train = {f.name: getattr(self.train, f.name) for f in dataclasses.fields(self.train)}
        train["optimizer"] = self.train.optimizer.name
        data = {f.name: getattr(self.data, f.name) for f in dataclasses.fields(self.data)} if self.data else {}
        return {**model, **train, **data, **self.train.optimizer.settings}

    def with_settings(self, changes: Mapping[str, Any]) -> Self:
        """A copy with some settings changed, by their flat names (`lr`, `hidden`, `epochs`, …).

        Changing `optimizer` keeps the settings that the new one also has only if they are named in
        `changes`; the others take its defaults. Raises ConfigError for unknown names or bad values.
        """
        name = str(changes.get("optimizer", self.train.optimizer.name))
        one_of(name, tuple(OPTIMIZERS), "The optimizer")
        same = name == self.train.optimizer.name
        optimizer = dict(self.train.optimizer.settings) if same else {}
        model: dict[str, Any] = {}
        train: dict[str, Any] = {}
        data: dict[str, Any] = {}
        for key, value in changes.items():
            if key in {f.name for f in dataclasses.fields(self.model)}:
                model[key] = tuple(value) if isinstance(value, list | tuple) else value
            elif key in OPTIMIZERS[name].settings:
                optimizer[key] = value
            elif key in {f.name for f in dataclasses.fields(self.train)}:
                train[key] = value
            elif self.data is not None and key in {f.name for f in dataclasses.fields(self.data)}:
                data[key] = value
            else:
                known = ", ".join(self.settings())
                raise ConfigError(f"There is no setting {key!r} here; the settings are {known}.")
        train["optimizer"] = OptimizerConfig(name, optimizer)
        return dataclasses.replace(
            self,
            model=dataclasses.replace(self.model, **model),
            train=dataclasses.replace(self.train, **train),
            data=dataclasses.replace(self.data, **data) if self.data is not None else None,
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
