"""How much gradient is left after the way down: its size at every layer of a deep network before training.

On the way from the last layer to the first, δ is multiplied by each layer's weights and by each activation's
slope. A factor below 1, ten times over, leaves nothing; above 1 it explodes. The sigmoid's slope is never
more than ¼. The right spread of the first weights makes up for the slope, layer by layer.

Source: Glorot & Bengio 2010; He et al. 2015. All by the formulas of `core.backprop`: no autograd.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.backprop.network import Layer, backward, check, forward
from core.backprop.pieces import MANUAL_ACTIVATIONS, cross_entropy
from core.config.run import Activation, Initialization, MLPConfig, OptimizerConfig, RunConfig, TrainConfig
from core.config.seeds import stream
from core.config.validation import require
from core.data.digits import Digits
from core.data.examples import RunData
from core.models.initialization import initial_weights
from core.training.short_training import Progress, ShortScore, drawn, part_of, short_training

ACTIVATIONS: tuple[Activation, ...] = ("sigmoid", "tanh", "relu")
#: The initialization that was made for each activation.
MADE_FOR: dict[Activation, Initialization] = {"sigmoid": "xavier", "tanh": "xavier", "relu": "he"}
SEEDS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Sizes:
    """Root mean squares by layer, from the first to the last, of one network on one batch.

    gradients: of ∂L/∂W of each layer's weights. activations: of what each layer passes on, the last being
    the outputs before the softmax.
    """

    gradients: tuple[float, ...]
    activations: tuple[float, ...]


@dataclass(frozen=True)
class Band:
    """Sizes at several places over some seeds: geometric mean, smallest and largest, one entry a place.

    A mean of logarithms, because sizes of different seeds differ by factors. NaN where a size is 0.
    """

    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def network(activation: Activation, init: Initialization, depth: int, width: int, seed: int) -> list[Layer]:
    """Fresh layers 784 → width (`depth` times) → 10, weights (in, out), all started by `init`."""
    config = MLPConfig(hidden=(width,) * depth, activation=activation, init=init, init_output=init)
    return [Layer(weight.T.contiguous(), bias) for weight, bias in initial_weights(config, stream(seed, "weights"))]


def sizes(layers: Sequence[Layer], activation: Activation, x: Tensor, labels: Tensor) -> Sizes:
    """Sizes at every layer for the mean cross-entropy of images x (N, 784), labels (N,).

    Raises ConfigError as `core.backprop` does.
    """
    check(layers, x, labels)
    with torch.no_grad():
        tape = forward(layers, activation, x)
        _, delta = cross_entropy(tape.outputs, labels)
        gradients = backward(layers, activation, tape, delta)
        passed = [*tape.inputs[1:], tape.outputs]
    return Sizes(tuple(_rms(gradient.weight) for gradient in gradients), tuple(_rms(values) for values in passed))


def over_seeds(
    x: Tensor,
    labels: Tensor,
    activation: Activation,
    init: Initialization,
    depth: int,
    width: int,
    seeds: Sequence[int] = SEEDS,
) -> list[Sizes]:
    """`sizes` of a fresh network for each seed. x: (N, 784) pixels in [0, 1]."""
    require(len(seeds) > 0, "Sizes need at least one seed.")
    return [sizes(network(activation, init, depth, width, seed), activation, x, labels) for seed in seeds]


def band(rows: Sequence[Sequence[float]]) -> Band:
    """One row of sizes a seed, all of one length, gathered place by place."""
    places = list(zip(*rows, strict=True))
    return Band(
        mean=tuple(_geometric(values) for values in places),
        low=tuple(min(values) or math.nan for values in places),
        high=tuple(max(values) or math.nan for values in places),
    )


def first_layer(
    x: Tensor,
    labels: Tensor,
    activation: Activation,
    init: Initialization,
    depths: Sequence[int],
    width: int,
    seeds: Sequence[int] = SEEDS,
) -> Band:
    """The gradient's size at the first layer of networks of growing depth, one place a depth.

    x: (N, in); labels: (N,).
    """
    columns = [
        [found.gradients[0] for found in over_seeds(x, labels, activation, init, depth, width, seeds)]
        for depth in depths
    ]
    return band(list(zip(*columns, strict=True)))


def steepest(activation: Activation) -> float:
    """The largest slope of an activation anywhere, found on a grid from −6 to 6."""
    grid = torch.linspace(-6, 6, 4001, dtype=torch.float64)
    sigma = MANUAL_ACTIVATIONS[activation]
    return float(sigma.derivative(grid, sigma.value(grid)).max())


def _geometric(values: Sequence[float]) -> float:
    return math.exp(sum(math.log(v) for v in values) / len(values)) if min(values) > 0 else math.nan


def _rms(values: Tensor) -> float:
    return float(values.double().square().mean().sqrt())


# Does a network whose gradient vanishes still learn? Train it for one pass and see.


def train_for_a_pass(
    train: Digits,
    test: Digits,
    starts: Sequence[tuple[Activation, Initialization]],
    *,
    depth: int,
    width: int,
    lr: float = 0.1,
    images: int = 10_000,
    seed: int = 1,
    progress: Progress | None = None,
) -> list[ShortScore]:
    """One epoch of SGD (batch 64) on `images` training images for each (activation, initialization).

    All see the same images in the same order. progress: called with the share done, 0…1.
    """
    data = RunData(train.take(drawn(images, len(train), seed)), test)
    once = TrainConfig(epochs=1, batch_size=64, seed=seed, optimizer=OptimizerConfig("sgd", {"lr": lr}))
    return [
        short_training(
            RunConfig("vanishing", MLPConfig((width,) * depth, activation, init, init, family="manual"), once),
            data,
            progress=part_of(progress, place, len(starts)),
        ).score
        for place, (activation, init) in enumerate(starts)
    ]
