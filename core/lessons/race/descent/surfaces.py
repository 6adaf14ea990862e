"""Maps to race on: functions of two variables with valleys, ravines, saddles and curved canyons.

`SURFACES` is a dict of choices. Their gradients are written out beside them; the races take theirs from
autograd, and a test holds one against the other.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.config.optimizers import OPTIMIZERS
from core.lessons.race.descent.paths import Function, Numbers


@dataclass(frozen=True)
class Surface:
    """A choice in SURFACES.

    f: points (…, 2) → values (…). gradient: points (…, 2) → (…, 2). minima: all places (x, y) of the lowest
    value. x, y: the ends of the map. start: a good place to begin. formula: LaTeX.
    """

    title: str
    formula: str
    idea: str
    f: Function
    gradient: Callable[[Tensor], Tensor]
    minima: tuple[tuple[float, float], ...]
    x: tuple[float, float]
    y: tuple[float, float]
    start: tuple[float, float]

    def distance(self, points: Numbers) -> Numbers:
        """(N,): how far each of points (N, 2) is from the nearest minimum."""
        apart = points[:, None, :] - np.asarray(self.minima)[None]
        found: Numbers = np.hypot(apart[..., 0], apart[..., 1]).min(axis=1)
        return found


def _beale(p: Tensor) -> Tensor:
    x, y = p[..., 0], p[..., 1]
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def _beale_gradient(p: Tensor) -> Tensor:
    x, y = p[..., 0], p[..., 1]
    across, upward = torch.zeros_like(x), torch.zeros_like(x)
    for power, constant in ((1, 1.5), (2, 2.25), (3, 2.625)):
        rest = constant - x + x * y**power
        across = across + 2 * rest * (y**power - 1)
        upward = upward + 2 * rest * power * x * y ** (power - 1)
    return torch.stack([across, upward], dim=-1)


def _rosenbrock(p: Tensor) -> Tensor:
    x, y = p[..., 0], p[..., 1]
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _rosenbrock_gradient(p: Tensor) -> Tensor:
    x, y = p[..., 0], p[..., 1]
    return torch.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], dim=-1)


def _himmelblau(p: Tensor) -> Tensor:
    x, y = p[..., 0], p[..., 1]
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def _himmelblau_gradient(p: Tensor) -> Tensor:
    x, y = p[..., 0], p[..., 1]
    one, two = x**2 + y - 11, x + y**2 - 7
    return torch.stack([4 * x * one + 2 * two, 2 * one + 4 * y * two], dim=-1)


def _saddle(p: Tensor) -> Tensor:
    x, y = p[..., 0], p[..., 1]
    return x**2 / 2 - y**2 / 2 + y**4 / 8 + 0.5


def _saddle_gradient(p: Tensor) -> Tensor:
    x, y = p[..., 0], p[..., 1]
    return torch.stack([x, -y + y**3 / 2], dim=-1)


STEEP = 50.0  # how many times the ravine is steeper across than along


def _ravine(p: Tensor) -> Tensor:
    return (p[..., 0] ** 2 + STEEP * p[..., 1] ** 2) / 2


def _ravine_gradient(p: Tensor) -> Tensor:
    return torch.stack([p[..., 0], STEEP * p[..., 1]], dim=-1)


SURFACES: dict[str, Surface] = {
    "beale": Surface(
        "Beale",
        r"\begin{aligned} f = {}& (1.5 - x + xy)^2\\ &+ (2.25 - x + xy^2)^2\\"
        r"&+ (2.625 - x + xy^3)^2 \end{aligned}",
        "A flat valley between steep walls (Beale 1958): gradient norms differ a thousandfold.",
        _beale,
        _beale_gradient,
        ((3.0, 0.5),),
        (-4.5, 4.5),
        (-4.5, 4.5),
        (1.0, 1.5),
    ),
    "rosenbrock": Surface(
        "Rosenbrock",
        r"f = (1 - x)^2 + 100\,(y - x^2)^2",
        "A curved valley (Rosenbrock 1960): finding it is easy, following its floor is not.",
        _rosenbrock,
        _rosenbrock_gradient,
        ((1.0, 1.0),),
        (-2.0, 2.0),
        (-1.0, 3.0),
        (-1.2, 1.0),
    ),
    "himmelblau": Surface(
        "Himmelblau",
        r"\begin{aligned} f = {}& (x^2 + y - 11)^2\\ &+ (x + y^2 - 7)^2 \end{aligned}",
        "Four equally deep minima (Himmelblau 1972): starting point and learning rate decide which is found.",
        _himmelblau,
        _himmelblau_gradient,
        (
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.283185991286170),
            (3.584428340330492, -1.848126526964404),
        ),
        (-5.5, 5.5),
        (-5.5, 5.5),
        (-0.5, -4.5),
    ),
    "saddle": Surface(
        "Saddle",
        r"f = \tfrac12 x^2 - \tfrac12 y^2 + \tfrac18 y^4 + \tfrac12",
        "At a saddle point the gradient is zero, yet it is not a minimum: f falls along y.",
        _saddle,
        _saddle_gradient,
        ((0.0, 2**0.5), (0.0, -(2**0.5))),
        (-2.5, 2.5),
        (-2.5, 2.5),
        (-2.0, 0.01),
    ),
    "ravine": Surface(
        "Ravine",
        r"f = \tfrac12\,(x^2 + 50\,y^2)",
        "Ill-conditioned: 50 times more curved along y than along x. A learning rate that is stable in y is slow in x.",
        _ravine,
        _ravine_gradient,
        ((0.0, 0.0),),
        (-5.0, 5.0),
        (-2.5, 2.5),
        (-4.0, 1.5),
    ),
}


#: The learning rates a slider offers.
RATES = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


def first_rate(surface: str, optimizer: str) -> float:
    """Where the slider of an optimizer's learning rate begins on that map: of RATES, the nearest to its own."""
    entry = OPTIMIZERS[optimizer]
    own = entry.map_rates.get(surface, entry.settings["lr"].default)
    return min(RATES, key=lambda rate: abs(math.log(rate / own)))


def grid(name: str, across: int = 121, upward: int = 121) -> tuple[Numbers, Numbers, Numbers]:
    """The map: x (W,), y (H,) and values (H, W)."""
    surface = SURFACES[name]
    x, y = np.linspace(*surface.x, across), np.linspace(*surface.y, upward)
    points = torch.from_numpy(np.stack(np.meshgrid(x, y), axis=-1))
    height: NDArray[np.float64] = surface.f(points).numpy()
    return x, y, height
