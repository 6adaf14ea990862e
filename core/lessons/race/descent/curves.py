"""Curves to descend: functions of one variable, from the book chapter's parabola to ones that are not convex.

`CURVES` is a dict of choices. Each has its first derivative f′ and its second f″ written out; the walks themselves take
their gradients from autograd, and a test holds one against the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from core.lessons.race.descent.paths import Numbers

VIEW = (-11.0, 11.0)  # what of the x axis is shown

Curve1D = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Curve:
    """A choice in CURVES: its name for people, formula (LaTeX), one sentence, f, f′ and f″ of x (…), and
    f and f′ as Python of one number x, for scripts."""

    title: str
    formula: str
    idea: str
    f: Curve1D
    slope: Curve1D
    second_derivative: Curve1D
    code: tuple[str, str]


def _inside(x: Tensor) -> Tensor:
    """1 where |x| is below 1, else 0."""
    return (x.abs() < 1).to(x.dtype)


CURVES: dict[str, Curve] = {
    "parabola": Curve(
        "Parabola",
        r"f(x) = x^2 + 2",
        "The derivative is proportional to the distance from the minimum, so every step covers the same share of it.",
        lambda x: x**2 + 2,
        lambda x: 2 * x,
        lambda x: 2 + 0 * x,
        ("x**2 + 2", "2 * x"),
    ),
    "double-well": Curve(
        "Two local minima",
        r"f(x) = \tfrac{1}{200} (x^2 - 25)^2 + \tfrac{x}{5}",
        "Which local minimum is found depends on x₀ and the learning rate, not on which is deeper.",
        lambda x: (x**2 - 25) ** 2 / 200 + x / 5,
        lambda x: x * (x**2 - 25) / 50 + 0.2,
        lambda x: (3 * x**2 - 25) / 50,
        ("(x**2 - 25) ** 2 / 200 + x / 5", "x * (x**2 - 25) / 50 + 0.2"),
    ),
    "quartic": Curve(
        "Flat minimum",
        r"f(x) = x^4 / 100",
        "Steep outside, flat in the middle: no single learning rate suits both.",
        lambda x: x**4 / 100,
        lambda x: x**3 / 25,
        lambda x: 3 * x**2 / 25,
        ("x**4 / 100", "x**3 / 25"),
    ),
    "bumpy": Curve(
        "Many local minima",
        r"f(x) = x^2 / 10 + \tfrac32 \sin 2x",
        "A small learning rate stays in the first local minimum, a large one jumps across.",
        lambda x: x**2 / 10 + 1.5 * torch.sin(2 * x),
        lambda x: x / 5 + 3 * torch.cos(2 * x),
        lambda x: 0.2 - 6 * torch.sin(2 * x),
        ("x**2 / 10 + 1.5 * math.sin(2 * x)", "x / 5 + 3 * math.cos(2 * x)"),
    ),
    "huber": Curve(
        "Huber loss",
        r"f(x) = x^2/2 \text{ where } |x| < 1, \text{ else } |x| - 1/2",
        "Far out the derivative is always ±1 (Huber 1964), so steps do not grow with the distance.",
        lambda x: torch.where(x.abs() < 1, x**2 / 2, x.abs() - 0.5),
        lambda x: x.clamp(-1, 1),
        _inside,
        ("x**2 / 2 if abs(x) < 1 else abs(x) - 0.5", "max(-1, min(1, x))"),
    ),
    "plateau": Curve(
        "Plateau",
        r"f(x) = 5\,(1 - e^{-x^2/8})",
        "The gradient vanishes outside, as it does for a saturated sigmoid.",
        lambda x: 5 * (1 - torch.exp(-(x**2) / 8)),
        lambda x: 1.25 * x * torch.exp(-(x**2) / 8),
        lambda x: 1.25 * (1 - x**2 / 4) * torch.exp(-(x**2) / 8),
        ("5 * (1 - math.exp(-(x**2) / 8))", "1.25 * x * math.exp(-(x**2) / 8)"),
    ),
}


def values(curve: str, x: Numbers) -> Numbers:
    """f at every x (N,)."""
    found: Numbers = CURVES[curve].f(torch.from_numpy(np.asarray(x, dtype=float))).numpy()
    return found


def second_derivative(curve: str, x: float) -> float:
    """f″ at x: how fast the slope changes there."""
    return float(CURVES[curve].second_derivative(torch.tensor(float(x), dtype=torch.float64)))


@lru_cache(maxsize=32)
def minima(curve: str) -> tuple[float, ...]:
    """The bottoms of all valleys in view, ascending: where f′ goes from below zero to above it."""
    slope = CURVES[curve].slope
    x = torch.linspace(VIEW[0] - 0.013, VIEW[1], 6001, dtype=torch.float64)
    at = slope(x)
    found = []
    for place in torch.nonzero((at[:-1] < 0) & (at[1:] >= 0)).flatten().tolist():
        low, high = float(x[place]), float(x[place + 1])
        for _ in range(80):  # halve the interval until it is as small as numbers are
            middle = (low + high) / 2
            if float(slope(torch.tensor(middle, dtype=torch.float64))) < 0:
                low = middle
            else:
                high = middle
        found.append(0.0 if abs(high) < 1e-12 else high)
    return tuple(found)


def nearest_minimum(curve: str, x: float) -> float:
    """The bottom that is nearest to x."""
    return min(minima(curve), key=lambda bottom: abs(bottom - x))


def bottom_value(curve: str, x: float) -> float:
    """The value at the bottom that is nearest to x."""
    return float(values(curve, np.array([nearest_minimum(curve, x)]))[0])
