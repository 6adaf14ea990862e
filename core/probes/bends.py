"""How hidden units add up: each one's share of the answer, and where it bends.

The last layer adds up what the hidden units say, each times a weight of its own: answer = bias + Σ v·h(x).
With one hidden layer, h(x) = act(w·x + b) is a single bend at x = −b/w: a hinge for ReLU, a soft step for
tanh.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.errors import LabError
from core.models import linear_layers
from core.models.mlp import MLP

Array = NDArray[np.float64]
Order = Literal["place", "size"]


@dataclass(frozen=True)
class Bends:
    """The shares of hidden units on a grid (P,).

    parts: (U, P) what each unit of the last hidden layer adds to the answer. bias: what the answer begins
    with. places: (U,) where each unit bends; no numbers where there are several hidden layers or a unit does
    not move with x. sizes: (U,) how far each part reaches within the interval, highest less lowest.
    """

    grid: Array
    parts: Array
    bias: float
    places: Array
    sizes: Array

    @property
    def whole(self) -> Array:
        """The network's answer (P,): all parts and the bias."""
        return self.partial(np.arange(len(self.parts)))

    def partial(self, units: NDArray[np.int64]) -> Array:
        """The bias and the parts of some units, added up: (P,)."""
        total: Array = self.bias + self.parts[units].sum(axis=0)
        return total

    def order(self, by: Order) -> NDArray[np.int64]:
        """Units from left to right by where they bend, or the largest first."""
        keys = np.nan_to_num(self.places, nan=np.inf) if by == "place" else -self.sizes
        return np.argsort(keys, kind="stable")

    def inside(self, low: float, high: float) -> int:
        """How many units bend between low and high."""
        with np.errstate(invalid="ignore"):
            return int(((self.places > low) & (self.places < high)).sum())


def bends_of(model: nn.Module, grid: Array, interval: tuple[float, float]) -> Bends:
    """Take the answer of a network from one number to one number apart.

    Raises LabError where it has no hidden layer: a straight line has no bends.
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
    within = (grid >= interval[0]) & (grid <= interval[1])
    return Bends(grid, parts, float(bias[0]), places, np.ptp(parts[:, within], axis=1))
