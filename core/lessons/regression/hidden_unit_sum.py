"""How hidden units add up: each one's contribution to the output, and its breakpoint.

The last layer adds up what the hidden units say, each times a weight of its own: answer = bias + Σ v·h(x).
With one hidden layer, h(x) = act(w·x + b) is a single bend at x = −b/w: a hinge for ReLU, a soft step for
tanh.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.config.choices import Activation
from core.config.errors import LabError
from core.models import linear_layers
from core.models.mlp import MLP

Array = NDArray[np.float64]
Order = Literal["place", "size"]
LEAK = 0.01  # slope of nn.LeakyReLU on the left


@dataclass(frozen=True)
class HiddenUnitSum:
    """The shares of hidden units on a grid (P,).

    parts: (U, P) what each unit of the last hidden layer adds to the answer. base: (P,) what the answer
    begins with: a constant, the last layer's bias, or a straight line. places: (U,) where each unit bends; no
    numbers where there are several hidden layers or a unit does not move with x. interval: where the points
    lie; the grid reaches beyond it.
    """

    grid: Array
    parts: Array
    base: Array
    places: Array
    interval: tuple[float, float]

    @property
    def sizes(self) -> Array:
        """(U,) how far each part reaches within the interval, highest less lowest."""
        within = (self.grid >= self.interval[0]) & (self.grid <= self.interval[1])
        reach: Array = np.ptp(self.parts[:, within], axis=1)
        return reach

    @property
    def whole(self) -> Array:
        """The network's answer (P,): all parts and the base."""
        return self.partial(np.arange(len(self.parts)))

    def partial(self, units: NDArray[np.int64]) -> Array:
        """The base and the parts of some units, added up: (P,)."""
        total: Array = self.base + self.parts[units].sum(axis=0)
        return total

    def order(self, by: Order) -> NDArray[np.int64]:
        """Units (U,) from left to right by where they bend, or the largest first."""
        keys = np.nan_to_num(self.places, nan=np.inf) if by == "place" else -self.sizes
        return np.argsort(keys, kind="stable")

    def inside(self) -> NDArray[np.bool_]:
        """(U,) which units bend within the interval."""
        low, high = self.interval
        with np.errstate(invalid="ignore"):
            found: NDArray[np.bool_] = (self.places > low) & (self.places < high)
        return found


def hidden_unit_sum(model: nn.Module, grid: Array, interval: tuple[float, float]) -> HiddenUnitSum:
    """Take the answer of a network from one number to one number apart.

    Raises LabError where it has no hidden layer: a straight line has no breakpoints.
    """
    layers = linear_layers(model)
    if not isinstance(model, MLP) or len(layers) < 2:
        raise LabError("This network has no hidden units: it is a straight line. Choose one that has some.")
    x = torch.tensor(grid, dtype=torch.float32)[:, None]
    with torch.no_grad():
        hidden = model.layers[:-1](model.normalize(x))
    _, weight, bias = layers[-1]
    parts = (hidden * weight[0]).T.double().numpy()
    places = np.full(len(parts), np.nan)
    if len(layers) == 2:
        _, first, start = layers[0]
        slope = first[:, 0].double().numpy()
        moving = slope != 0
        places[moving] = -start.double().numpy()[moving] / slope[moving]
    return HiddenUnitSum(grid, parts, np.full(len(grid), float(bias[0])), places, interval)


def coming_from_the_left(found: HiddenUnitSum, model: nn.Module, activation: Activation) -> HiddenUnitSum:
    """The same answer, told as one walks from left to right: each unit adds nothing before it bends.

    Far to the left of its bend a unit is a straight line (0, a constant, or a slope). Taken off the unit and
    given to the base, the base is the line on which the network comes in from the left, and each unit says
    how the curve turns at its bend. Unchanged where there are several hidden layers.
    """
    layers = linear_layers(model)
    if len(layers) != 2:
        return found
    w, b = (tensor.flatten().double().numpy()[:, None] for tensor in layers[0][1:])
    v = layers[1][1][0].double().numpy()[:, None]
    inner, left = w * found.grid + b, np.where(w == 0, 0.0, -np.sign(w))
    far = {
        "relu": np.where(left > 0, inner, 0.0),
        "gelu": np.where(left > 0, inner, 0.0),
        "leaky-relu": np.where(left > 0, inner, LEAK * inner),
        "tanh": left + 0 * inner,
        "sigmoid": (left > 0) + 0 * inner,
    }[activation]
    far = np.where(w == 0, found.parts, v * far)
    return replace(found, parts=found.parts - far, base=found.base + far.sum(axis=0))
