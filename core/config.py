"""What decides a run, as frozen dataclasses that refuse nonsense with a sentence.

A run is decided by three things: the network (`MLPConfig`), how it is trained (`TrainConfig`, which holds
an `OptimizerConfig`) and the data. `RunConfig` ties the first two to the recipe they came from. All of them
go to JSON and back without loss, so that a checkpoint, a recorded run and a link rebuild the same thing.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, Self, get_args

from core.checks import is_number, one_of, require, whole
from core.errors import ConfigError

Activation = Literal["sigmoid", "tanh", "relu", "leaky-relu", "gelu"]
Initialization = Literal["pytorch", "normal", "xavier", "he"]
Family = Literal["module", "raw", "manual", "my-linear"]
Reduction = Literal["mean", "sum"]
Precision = Literal["auto", "fp32", "bf16"]

ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)
INITIALIZATIONS: tuple[Initialization, ...] = get_args(Initialization)
FAMILIES: tuple[Family, ...] = get_args(Family)
REDUCTIONS: tuple[Reduction, ...] = get_args(Reduction)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)


LARGEST_NETWORK = 16_000_000  # weights and biases, 64 MB: more than any digit needs


@dataclass(frozen=True)
class MLPConfig:
    """A fully connected network 784 → hidden… → 10.

    hidden: units of each hidden layer, up to 16 layers of 1…4,096; empty is the linear model Wx + b.
    family: "module" builds torch.nn layers; "raw" keeps bare tensors W, b with requires_grad, as on the
        slides, where nothing is hidden in a class; "manual" keeps bare tensors and derives every gradient by
        hand, without autograd; "my-linear" nests hand-written nn.Module layers.
    init, init_output: how the weights of the hidden layers and of the last layer start:
        "pytorch" U(−1/√fan_in, 1/√fan_in) for weights and biases; "normal" N(0, 1) for both;
        "xavier" U(±√(6/(fan_in+fan_out))), zero biases (Glorot & Bengio 2010);
        "he" N(0, 2/fan_in), zero biases (He et al. 2015).
    dropout: share of hidden units silenced at each training step, in [0, 0.9].
    normalize: first layer subtracts the training images' mean and divides by their standard deviation.
    """

    hidden: tuple[int, ...] = (100,)
    activation: Activation = "sigmoid"
    init: Initialization = "pytorch"
    init_output: Initialization = "pytorch"
    dropout: float = 0.0
    normalize: bool = False
    family: Family = "module"

    def __post_init__(self) -> None:
        require(
            isinstance(self.hidden, tuple), f"Hidden layers must be a list of widths, not {self.hidden!r}."
        )
        require(len(self.hidden) <= 16, f"At most 16 hidden layers, please; these are {len(self.hidden)}.")
        for number, width in enumerate(self.hidden, start=1):
            whole(width, 1, 4096, f"The width of hidden layer {number}")
        count = sum((n_in + 1) * n_out for n_in, n_out in pairwise(self.widths))
        require(
            count <= LARGEST_NETWORK,
            f"This network would have {count:,} weights; at most {LARGEST_NETWORK:,} are allowed here. "
            "Take fewer or narrower layers.",
        )
        one_of(self.activation, ACTIVATIONS, "The activation")
        one_of(self.init, INITIALIZATIONS, "The initialisation")
        one_of(self.init_output, INITIALIZATIONS, "The initialisation of the last layer")
        one_of(self.family, FAMILIES, "The way of building the network")
        require(
            is_number(self.dropout) and 0 <= self.dropout <= 0.9,
            f"Dropout must lie between 0 and 0.9; it is {self.dropout!r}.",
        )
        require(
            self.family == "module" or self.dropout == 0,
            "Dropout needs the torch.nn form of the network: choose it, or set dropout to 0.",
        )
        require(isinstance(self.normalize, bool), f"Normalise must be true or false, not {self.normalize!r}.")

    @property
    def widths(self) -> tuple[int, ...]:
        """Units of every layer, input and output included: (784, hidden…, 10)."""
        return (784, *self.hidden, 10)


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
    """

    epochs: int = 10
    batch_size: int = 128
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    reduction: Reduction = "mean"
    seed: int = 0
    validation: float = 0.0
    precision: Precision = "auto"
    threads: int | None = None

    def __post_init__(self) -> None:
        whole(self.epochs, 0, 1000, "Epochs")
        whole(self.batch_size, 1, 10_000, "The batch size")
        whole(self.seed, 0, 2**31 - 1, "The seed")
        one_of(self.reduction, REDUCTIONS, "The loss")
        one_of(self.precision, PRECISIONS, "The precision")
        require(
            is_number(self.validation) and 0 <= self.validation <= 0.5,
            f"The validation share must lie between 0 and 0.5; it is {self.validation!r}.",
        )
        if self.threads is not None:
            whole(self.threads, 1, 256, "Threads")


@dataclass(frozen=True)
class RunConfig:
    """A whole run: the recipe it started from, the network and the training."""

    recipe: str
    model: MLPConfig
    train: TrainConfig

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` turns them back into an equal RunConfig."""
        return {"recipe": self.recipe, "model": _plain(self.model), "train": _plain(self.train)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from `to_json`'s values. Raises ConfigError if they do not describe a run."""
        try:
            model = {**values["model"], "hidden": tuple(values["model"]["hidden"])}
            optimizer = OptimizerConfig(**values["train"]["optimizer"])
            train = TrainConfig(**{**values["train"], "optimizer": optimizer})
            return cls(recipe=str(values["recipe"]), model=MLPConfig(**model), train=train)
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
                model[key] = tuple(value) if key == "hidden" else value
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
