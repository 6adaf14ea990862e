"""A network of one variable beside the points it learned from: its curve, its residuals, how it came about."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.config.errors import ConfigError
from core.config.run import CurveConfig, RunConfig
from core.data.points import curve_points, true_curve
from core.data.splits import validation_places
from core.models.trained_network import rebuild
from core.storage.weight_history import Frame

Array = NDArray[np.float64]
BEYOND = 0.35  # of the interval's width, on either side: where the network has never seen a point
GRID = 241


@dataclass(frozen=True)
class Pairs:
    """Points: x and y, each (N,)."""

    x: Array
    y: Array


@dataclass(frozen=True)
class Sample:
    """What a run learns from, divided, and where it is drawn.

    grid: (GRID,) places of x, BEYOND the interval low…high on both sides. truth: the curve there without
    noise, None where somebody placed the points.
    """

    train: Pairs
    validation: Pairs
    test: Pairs
    low: float
    high: float
    grid: Array
    truth: Array | None

    @property
    def parts(self) -> dict[str, Pairs]:
        """The three by the names that they have in a history; those that are empty are left out."""
        named = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: pairs for name, pairs in named.items() if len(pairs.x)}

    @property
    def variance(self) -> float:
        """Of y over the training points: the error of an answer that is always their mean."""
        return float(np.var(self.train.y))


def sample_of(config: RunConfig) -> Sample:
    """The points of a run, divided as its trainer divides them. Raises ConfigError if it learns no curve."""
    if not isinstance(config.data, CurveConfig):
        raise ConfigError(f"{config.recipe} does not learn a curve; choose a recipe that does.")
    points = curve_points(config.data)
    everything, none = torch.arange(len(points.train)), torch.arange(0)
    kept, held_out = everything, none
    if config.train.validation:
        kept, held_out = validation_places(points.train, config.train.validation, config.train.seed)
    low, high = config.data.low, config.data.high
    if config.data.target == "placed":
        xs = [x for x, _ in config.data.placed]
        low, high = min(xs), max(xs)
        low, high = (low - 0.5, high + 0.5) if low == high else (low, high)
    reach = BEYOND * (high - low)
    grid = torch.linspace(low - reach, high + reach, GRID)
    truth = true_curve(config.data, grid)
    train = points.train
    return Sample(
        _pairs(train.inputs[kept], train.labels[kept]),
        _pairs(train.inputs[held_out], train.labels[held_out]),
        _pairs(points.test.inputs, points.test.labels),
        low,
        high,
        _array(grid),
        None if truth is None else _array(truth),
    )


def answers(model: nn.Module, x: Array) -> Array:
    """What the network says at places x (N,): (N,), without gradients and in evaluation mode."""
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return _array(model(torch.tensor(x, dtype=torch.float32)[:, None]).flatten())
    finally:
        model.train(was_training)


def residuals(model: nn.Module, pairs: Pairs) -> Array:
    """y less the network's answer at each point (N,): positive where the point lies above the curve."""
    return pairs.y - answers(model, pairs.x)


def curves_of(config: RunConfig, frames: Iterable[Frame], grid: Array) -> list[tuple[float, Array]]:
    """(epoch, curve on the grid) of every frame of a film."""
    found, model = [], None
    for frame in frames:
        if model is None:
            model = rebuild(config, frame.weights)
        model.load_state_dict(frame.weights)
        found.append((frame.epoch, answers(model, grid)))
    return found


def _pairs(x: Tensor, y: Tensor) -> Pairs:
    return Pairs(_array(x), _array(y))


def _array(values: Tensor) -> Array:
    return values.detach().flatten().double().numpy()
