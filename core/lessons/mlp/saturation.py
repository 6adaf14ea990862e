"""Saturation of a hidden layer: the spread of its pre-activations, and how much gradient its activation passes on.

A sigmoid far from zero is flat: σ'(4) is 0.018, a fourteenth of σ'(0). A layer whose pre-activations are spread wide
learns slowly, because the chain rule multiplies every gradient by that derivative.
"""

from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor, nn

from core.config.run import Activation, Initialization, MLPConfig, Reduction
from core.data.digits import Digits
from core.data.statistics import counted
from core.models import as_module, build, linear_layers
from core.models.inspect.layer_signals import ActivationFunction, activation_function, derivative, gradients, signals

#: |pre-activation| from which a squashing function counts as saturated. tanh is as flat at 2 as σ at 4.
SATURATED: dict[Activation, float] = {"sigmoid": 4.0, "tanh": 2.0}


@dataclass(frozen=True)
class Spread:
    """One hidden layer on a set of images.

    std: standard deviation of its pre-activations. derivative: mean of the activation's derivative there.
    saturated: share of (image, unit) pairs beyond SATURATED, None for functions that do not saturate.
    dead: share of units that are at or below zero for every image; of interest for the ReLU kind.
    """

    std: float
    derivative: float
    saturated: float | None
    dead: float


def spread(before: Tensor, activation: ActivationFunction, name: Activation) -> Spread:
    """Describe pre-activations (N, units) of a layer with this `activation`, called `name`."""
    limit = SATURATED.get(name)
    return Spread(
        std=float(before.std()),
        derivative=float(derivative(activation, before).mean()),
        saturated=None if limit is None else float((before.abs() > limit).float().mean()),
        dead=float((before <= 0).all(dim=0).float().mean()),
    )


def spreads(model: nn.Module, images: Tensor, name: Activation) -> list[Spread]:
    """One Spread for each hidden layer, first layer first. images: (N, 1, 28, 28) in [0, 1]."""
    activation = activation_function(model)
    return [spread(before, activation, name) for before in signals(model, images).before[:-1]]


@dataclass(frozen=True)
class InitialState:
    """What one weight initialization does to the first hidden layer, before any step.

    hidden, output: how the weights of the hidden layers and of the output layer were drawn.
    gradient, weight: root mean squares of ∂loss/∂W on the batch and of W, both of the first layer.
    """

    hidden: Initialization
    output: Initialization
    spread: Spread
    gradient: float
    weight: float
    loss: float

    @property
    def relative_gradient(self) -> float:
        """How far a step of learning rate 1 moves the first layer's weights, relative to their size."""
        return self.gradient / self.weight


COMPARED: tuple[tuple[Initialization, Initialization], ...] = (
    ("pytorch", "pytorch"),
    ("xavier", "xavier"),
    ("he", "he"),
    ("normal", "normal"),
    ("pytorch", "normal"),
    ("normal", "pytorch"),
)


def compare_initializations(
    config: MLPConfig, batch: Digits, seed: int, reduction: Reduction = "mean"
) -> list[InitialState]:
    """The same network with every initialization of COMPARED from one seed, each looked at on the same batch.

    Without a hidden layer there is nothing to compare: the list is empty.
    """
    if not config.hidden:
        return []
    found = []
    for hidden, output in COMPARED:
        started = replace(config, init=hidden, init_output=output)
        model = as_module(build(started, Generator().manual_seed(seed), batch.images)).eval()
        step = gradients(model, batch.images, batch.labels, reduction)
        found.append(
            InitialState(
                hidden,
                output,
                spreads(model, batch.images, config.activation)[0],
                _rms(step.weights[0]),
                _rms(linear_layers(model)[0][1]),
                step.loss,
            )
        )
    return found


def _rms(values: Tensor) -> float:
    return float(values.square().mean().sqrt())


@dataclass(frozen=True, eq=False)
class Pair:
    """Numbers after and before training in the same bins: edges (bins + 1,), shares of each (bins,)."""

    edges: Tensor
    trained: Tensor
    initial: Tensor


def histograms(trained: Tensor, initial: Tensor, bins: int = 60) -> Pair:
    """Count both tensors (any shapes) in common bins that hold all but the outermost 0.05% on each side.

    Shares are of all the numbers, those outside the bins included, so that a long tail is not hidden; what is
    infinite or no number lies outside of every bin.
    """
    both = [trained.flatten().float(), initial.flatten().float()]
    finite = [part[part.isfinite()] for part in both]
    low = min((_quantile(part, 0.0005) for part in finite if len(part)), default=0.0)
    high = max((_quantile(part, 0.9995) for part in finite if len(part)), default=0.0)
    if high - low < 1e-12:
        low, high = low - 0.5, high + 0.5
    counts = [
        (counted(part, low, high, bins).double() / everything.numel()).float()
        for part, everything in zip(finite, both, strict=True)
    ]
    return Pair(torch.linspace(low, high, bins + 1), counts[0], counts[1])


def _quantile(values: Tensor, share: float) -> float:
    """A quantile of many numbers: exact up to a million, of every k-th number beyond."""
    few = values[:: max(1, len(values) // 1_000_000)]
    rank = round(share * (len(few) - 1))
    return float(few.kthvalue(rank + 1).values)
