"""How large a change is: by its largest pixel, by its length, or by how many pixels it touches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

NormName = Literal["linf", "l2", "l0"]
TOUCHED = 1e-4  # a pixel that changed by less than this counts as left alone (a byte's step is 0.004)
ROUNDING = 1e-5  # how far float32 may miss an ε, relative to it


@dataclass(frozen=True)
class Norm:
    """A way to measure changes of images.

    title, unit, idea: for people. largest: the largest change that images of 784 pixels in [0, 1] allow.
    size: changes (N, …) to their sizes (N,); code: the same as plain PyTorch of {change}. project: changes
    (N, …) and an ε to the nearest within it.
    """

    title: str
    unit: str
    idea: str
    largest: float
    size: Callable[[Tensor], Tensor]
    project: Callable[[Tensor, float], Tensor]
    code: str

    def within(self, change: Tensor, epsilon: float) -> Tensor:
        """Whether each change (N, …) stays within ε, but for rounding: (N,) bool."""
        return self.size(change) <= within_rounding(epsilon)


def within_rounding(epsilon: float) -> float:
    """The largest size that still counts as ε: float32 may miss it by a little."""
    return epsilon * (1 + ROUNDING) + 1e-6


def column(per_image: Tensor) -> Tensor:
    """(N,) numbers as (N, 1, 1, 1), to multiply images by."""
    return per_image.reshape(-1, 1, 1, 1)


def _largest_pixel(change: Tensor) -> Tensor:
    return change.flatten(1).abs().amax(1)


def _length(change: Tensor) -> Tensor:
    length: Tensor = torch.linalg.vector_norm(change.flatten(1), dim=1)
    return length


def _touched(change: Tensor) -> Tensor:
    return (change.flatten(1).abs() > TOUCHED).sum(1).to(change.dtype)


def _into_ball(change: Tensor, epsilon: float) -> Tensor:
    length = torch.linalg.vector_norm(change.flatten(1), dim=1).clamp_min(1e-12)
    return change * column((epsilon / length).clamp_max(1.0))


def _strongest_pixels(change: Tensor, epsilon: float) -> Tensor:
    flat = change.flatten(1)
    keep = min(int(epsilon), flat.shape[1])
    kept = torch.zeros_like(flat)
    if keep:
        places = flat.abs().topk(keep, dim=1).indices
        kept.scatter_(1, places, flat.gather(1, places))
    return kept.reshape(change.shape)


def held_by_clipping(images: Tensor, attacked: Tensor) -> int:
    """How many pixels did not change and are black or white: a step beyond [0, 1] is cut off again there."""
    return int(((images == attacked) & ((images == 0) | (images == 1))).sum())


NORMS: dict[NormName, Norm] = {
    "linf": Norm(
        "L∞",
        "pixel range 0 to 1",
        "the largest change of any pixel: all may change, none by more than ε",
        1.0,
        _largest_pixel,
        lambda change, epsilon: change.clamp(-epsilon, epsilon),
        "{change}.flatten(1).abs().amax(1)",
    ),
    "l2": Norm(
        "L2",
        "Euclidean length",
        "the square root of the sum of squares: a few pixels may change a lot, or many a little",
        28.0,
        _length,
        _into_ball,
        "{change}.flatten(1).norm(dim=1)",
    ),
    "l0": Norm(
        "L0",
        "pixels",
        "the number of changed pixels, however much they change",
        784.0,
        _touched,
        _strongest_pixels,
        "({change}.flatten(1).abs() > 1e-4).sum(1)",
    ),
}
