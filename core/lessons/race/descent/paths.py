"""An optimizer let loose on a function of one or two numbers: every point and gradient it meets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.config.run import OptimizerConfig
from core.config.validation import whole
from core.training.optimizers import build_optimizer, set_rate
from core.training.schedules import rate

LONGEST = 5_000  # updates of one walk

#: A function of points (..., D): their values (...), differentiable by autograd.
Function = Callable[[Tensor], Tensor]
Numbers = NDArray[np.float64]


def lengths(vectors: Numbers) -> Numbers:
    """(N,) lengths of vectors (N, D); unlike a sum of squares, it does not overflow before they do."""
    found: Numbers = np.hypot.reduce(np.abs(vectors), axis=1)
    return found


@dataclass(frozen=True, eq=False)
class Path:
    """Where an optimizer went, in float64; row 0 is the start, row t the place after t updates.

    points (T+1, D), values (T+1,), gradients (T+1, D) of the function. overflowed: the next point or its
    value was too large for a number, so that the path ends here.
    """

    points: Numbers
    values: Numbers
    gradients: Numbers
    overflowed: bool

    @property
    def updates(self) -> int:
        """Updates made, T."""
        return len(self.points) - 1

    @property
    def step_lengths(self) -> Numbers:
        """(T,): how far each update went."""
        return lengths(np.diff(self.points, axis=0))

    @property
    def gradient_lengths(self) -> Numbers:
        """(T,): the length of the gradient that each update was made from."""
        return lengths(self.gradients[:-1])


def follow(
    function: Function,
    start: Sequence[float],
    optimizer: OptimizerConfig,
    updates: int,
    *,
    ascent: bool = False,
    done: Callable[[Numbers, float], bool] | None = None,
) -> Path:
    """Let `optimizer` minimize `function` from `start` (D numbers) for at most `updates` updates.

    ascent: maximize instead, by turning every gradient round. done: asked of each point (D,) and its value,
    the start included; True ends the path there. The rate follows the optimizer's decay. Raises ConfigError
    for a number of updates outside 0…5,000.
    """
    whole(updates, 0, LONGEST, "The number of updates")
    at = torch.tensor(list(start), dtype=torch.float64, requires_grad=True)
    walker = build_optimizer(optimizer, [at])
    points: list[Numbers] = []
    values: list[float] = []
    gradients: list[Numbers] = []
    overflowed = False
    for step in range(updates + 1):
        value = function(at)
        (gradient,) = torch.autograd.grad(value, at)
        if not bool(torch.isfinite(at).all() & torch.isfinite(value) & torch.isfinite(gradient).all()):
            overflowed = True
            break
        points.append(at.detach().numpy().copy())
        values.append(float(value.detach()))
        gradients.append(gradient.numpy().copy())
        if step == updates or (done is not None and done(points[-1], values[-1])):
            break
        at.grad = -gradient if ascent else gradient
        set_rate(walker, rate(optimizer, step))
        walker.step()
    width = len(start)
    return Path(
        np.array(points, dtype=float).reshape(-1, width),
        np.array(values, dtype=float),
        np.array(gradients, dtype=float).reshape(-1, width),
        overflowed,
    )


def thin(points: Numbers, span: Sequence[float], most: int = 300) -> NDArray[np.intp]:
    """Places, ascending, of at most `most` rows of points (N, D) that draw the same line; the ends are kept.

    A point is left out where the path has hardly moved since the last one kept, measured against `span` (D,),
    the size of the picture: every large zigzag stays, and a crawl becomes a few points.
    """
    whole(most, 2, 100_000, "The number of points")
    scaled = points / np.asarray(span, dtype=float)
    least = 1 / 400
    while True:
        kept = [0]
        for place in range(1, len(scaled)):
            if np.abs(scaled[place] - scaled[kept[-1]]).max() >= least:
                kept.append(place)
        if kept[-1] != len(scaled) - 1:
            kept.append(len(scaled) - 1)
        if len(kept) <= most:
            return np.array(kept, dtype=np.intp)
        least *= 1.5
        if least > 4:  # a path that leaps farther than the picture at every step
            return np.unique(np.linspace(0, len(scaled) - 1, most).round().astype(np.intp))
