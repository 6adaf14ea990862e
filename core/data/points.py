"""Points on a curve of one variable: what a regression learns from.

Training and test points are drawn from the same interval by streams of their own, so that more training
points leave the test points where they are. A run holds some of the training points out to validate with.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.config.regression import CurveConfig
from core.data.examples import Samples

TEST_POINTS = 200


@dataclass(frozen=True)
class Curve:
    """A choice in CURVES: title and LaTeX for people, the function on tensors of any shape, and its code.

    code: the same as PyTorch of `x`, for scripts. interval: of x, where it has most to show.
    """

    title: str
    formula: str
    of: Callable[[Tensor], Tensor]
    code: str
    interval: tuple[float, float] = (-2.0, 2.0)


CURVES: dict[str, Curve] = {
    "sine": Curve("a sine", r"y = \sin x", torch.sin, "torch.sin(x)", (-2 * math.pi, 2 * math.pi)),
    "square": Curve("a parabola", r"y = x^2", torch.square, "x**2"),
    "absolute": Curve("a corner", r"y = |x|", torch.abs, "x.abs()"),
    "step": Curve("a step", r"y = [x > 0]", lambda x: (x > 0).to(x.dtype), "(x > 0).float()"),
    "line": Curve("a straight line", r"y = x / 2", lambda x: x / 2, "x / 2", (-4.0, 4.0)),
}


@dataclass(frozen=True, eq=False)
class Points:
    """Points to train on and to test with; see `Material`."""

    train: Samples
    test: Samples
    size: str = "points"


def curve_points(config: CurveConfig) -> Points:
    """The points of a config: inputs (N, 1) and labels (N, 1), float32.

    Test points have the same noise as training points: a network cannot get below its variance on them.
    Placed points are divided in the order in which they were placed: every fifth is kept for the test.
    """
    if config.target == "placed":
        xy = torch.tensor(config.placed, dtype=torch.float32)
        kept = torch.arange(len(xy)) % 5 == 4
        return Points(_samples(xy[~kept]), _samples(xy[kept]))
    return Points(_drawn(config, "train", config.points), _drawn(config, "test", TEST_POINTS))


def _samples(xy: Tensor) -> Samples:
    return Samples(xy[:, :1].contiguous(), xy[:, 1:].contiguous())


def _drawn(config: CurveConfig, name: str, n: int) -> Samples:
    generator = torch.Generator().manual_seed(2 * config.points_seed + (name == "test"))
    x = config.low + (config.high - config.low) * torch.rand(n, 1, generator=generator)
    noise = torch.randn(n, 1, generator=generator)
    return Samples(x, CURVES[config.target].of(x) + config.noise * noise)


def true_curve(config: CurveConfig, x: Tensor) -> Tensor | None:
    """What lies behind the points at x (any shape), without noise; None where somebody placed them."""
    return None if config.target == "placed" else CURVES[config.target].of(x)


def noise_floor(config: CurveConfig) -> float:
    """The mean squared error that nobody gets below on new points: the variance of the noise, σ²."""
    return 0.0 if config.target == "placed" else math.pow(config.noise, 2)
