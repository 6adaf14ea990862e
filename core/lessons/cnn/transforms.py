"""Ways to shake a picture: move it, turn it, resize it, sprinkle noise on it, thicken its strokes.

A person hardly notices a digit moved by three pixels. A network has only ever seen what MNIST holds: digits
of one size, upright, with their center of mass in the middle. Each entry of TRANSFORMS changes one of these
by an amount of one's choice, and at the amount that means "nothing" it gives back exactly what it got.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.config.errors import ConfigError
from core.data.digits import SIDE, Digits
from core.models.evaluation import Score, evaluate

NOISE_SEED = 0  # the same grains at every strength, only stronger


@dataclass(frozen=True)
class Transform:
    """One way to transform images.

    title: for people; unit: what the strength counts. low, high, step: its range and its finest grain.
    default: the strength shown first. none: the strength that changes nothing. strengths: those at which an
    accuracy is measured, ascending, `none` among them. about: what a strength means, in a sentence.
    change: images (N, 1, 28, 28) in [0, 1] and a strength to images of the same shape and range.
    """

    title: str
    unit: str
    low: float
    high: float
    step: float
    default: float
    none: float
    strengths: tuple[float, ...]
    about: str
    change: Callable[[Tensor, float], Tensor]

    def __call__(self, images: Tensor, strength: float) -> Tensor:
        """The transformed images, a new tensor; an exact copy at the strength `none`.

        Raises ConfigError for a strength outside the range or images of another shape.
        """
        if not (math.isfinite(strength) and self.low <= strength <= self.high):
            raise ConfigError(
                f"{self.title}: the strength must lie between {self.low:g} and {self.high:g} {self.unit}; "
                f"it is {strength!r}."
            )
        if images.dim() != 4 or images.shape[1:] != (1, SIDE, SIDE):
            raise ConfigError(f"Images have the shape (N, 1, {SIDE}, {SIDE}); these have {tuple(images.shape)}.")
        if strength == self.none or not len(images):
            return images.clone()
        return self.change(images, strength).clamp(0.0, 1.0)

    def nearest(self, strength: float) -> float:
        """The measured strength that lies nearest."""
        return min(self.strengths, key=lambda value: abs(value - strength))


def shift(images: Tensor, across: int, down: int) -> Tensor:
    """Images (…, H, W) moved by whole pixels to the right and down (negative: left, up); black comes in."""
    high, wide = images.shape[-2:]
    moved = torch.zeros_like(images)
    if abs(across) < wide and abs(down) < high:
        to_rows, from_rows = _overlap(down, high)
        to_columns, from_columns = _overlap(across, wide)
        moved[..., to_rows, to_columns] = images[..., from_rows, from_columns]
    return moved


def _overlap(by: int, side: int) -> tuple[slice, slice]:
    """(where to, where from) along an axis of `side` pixels that moves `by` pixels."""
    return slice(max(by, 0), side + min(by, 0)), slice(max(-by, 0), side + min(-by, 0))


def scale(images: Tensor, factor: float) -> Tensor:
    """Grow or shrink images (N, 1, H, W) about the middle by `factor`, bilinear; black comes in."""
    from torchvision.transforms import functional  # half a second to import: only when an image is transformed

    bilinear = functional.InterpolationMode.BILINEAR
    changed: Tensor = functional.affine(images, 0.0, [0, 0], factor, [0.0, 0.0], interpolation=bilinear)
    return changed


def rotate(images: Tensor, degrees: float) -> Tensor:
    """Turn images (N, 1, H, W) about the middle, counterclockwise, bilinear; black comes in."""
    from torchvision.transforms import functional

    changed: Tensor = functional.rotate(images, degrees, functional.InterpolationMode.BILINEAR)
    return changed


def noise(images: Tensor, spread: float, seed: int = NOISE_SEED) -> Tensor:
    """Add to each pixel a normal random number with standard deviation `spread`, and clip to [0, 1].

    The seed decides the numbers: one image, or the same images in the same order, always get the same.
    """
    generator = torch.Generator().manual_seed(seed)
    grains = torch.randn(images.shape, generator=generator, dtype=torch.float32)
    return (images + spread * grains.to(images)).clamp(0.0, 1.0)


def thicken(images: Tensor, pixels: float) -> Tensor:
    """Strokes of images (N, 1, H, W) thicker by `pixels` on either side, or thinner where it is negative.

    Gray morphology: a dilation gives each pixel the largest value among itself and its eight neighbors, an
    erosion the smallest, and each pass moves a stroke's edge by a pixel. Between two whole numbers of passes
    the image is a blend of both.
    """
    from scipy import ndimage

    square = (1, 1, 3, 3)
    step = ndimage.grey_dilation if pixels > 0 else ndimage.grey_erosion
    passes = math.floor(abs(pixels))
    before = images.numpy(force=True)
    for _ in range(passes):
        before = step(before, size=square)
    part = abs(pixels) - passes
    mixed = before if part == 0 else (1 - part) * before + part * step(before, size=square)
    return torch.from_numpy(mixed).to(images)


def _grid(low: float, high: float, step: float) -> tuple[float, ...]:
    return tuple(round(low + step * k, 4) for k in range(round((high - low) / step) + 1))


#: Ways to change a picture, by the name that stands in an address.
TRANSFORMS: dict[str, Transform] = {
    "shift-across": Transform(
        "Shift sideways",
        "pixels",
        -8,
        8,
        1,
        -3,
        0,
        _grid(-8, 8, 1),
        "Pixels to the right; negative to the left. Black comes in at the other side.",
        lambda images, strength: shift(images, round(strength), 0),
    ),
    "shift-down": Transform(
        "Shift up or down",
        "pixels",
        -8,
        8,
        1,
        -3,
        0,
        _grid(-8, 8, 1),
        "Pixels down; negative is up. Black comes in at the other side.",
        lambda images, strength: shift(images, 0, round(strength)),
    ),
    "scale": Transform(
        "Scale",
        "times the size",
        0.4,
        1.6,
        0.05,
        0.7,
        1.0,
        _grid(0.4, 1.6, 0.1),
        "How many times its own size, about the middle: below 1 smaller, above 1 larger.",
        scale,
    ),
    "rotate": Transform(
        "Rotate",
        "degrees",
        -180,
        180,
        5,
        30,
        0,
        (-180, -150, -120, -90, -60, -45, -30, -15, 0, 15, 30, 45, 60, 90, 120, 150, 180),
        "Degrees counterclockwise about the middle; negative is clockwise.",
        rotate,
    ),
    "noise": Transform(
        "Noise",
        "standard deviation",
        0,
        1,
        0.05,
        0.3,
        0,
        _grid(0, 1, 0.1),
        "Standard deviation of a normal random number added to each pixel (0 is black, 1 is white); what "
        "leaves that range is cut off.",
        noise,
    ),
    "thickness": Transform(
        "Stroke thickness",
        "pixels",
        -1.5,
        3,
        0.25,
        1,
        0,
        _grid(-1.5, 3, 0.5),
        "Pixels that each edge of a stroke moves outwards; negative makes strokes thinner.",
        thicken,
    ),
}


# Accuracy against the strength of a change: how much shaking a network bears.


def outwards(transform: Transform) -> list[float]:
    """The strengths to measure at, from "nothing changed" outwards, so that a curve grows from its middle."""
    middle = transform.none
    return sorted(transform.strengths, key=lambda strength: (abs(strength - middle), strength))


def accuracy_against_strength(
    models: Mapping[str, nn.Module], digits: Digits, transform: Transform, known: Collection[tuple[str, float]] = ()
) -> Iterator[tuple[str, float, Score]]:
    """(network's name, strength, its score), one after the other, from "nothing changed" outwards.

    All networks read the same changed digits; the labels stay as they are. known: pairs of name and strength
    to leave out, so that a measurement broken off goes on where it stopped.
    """
    for strength in outwards(transform):
        missing = [name for name in models if (name, strength) not in known]
        if not missing:
            continue
        changed = Digits(transform(digits.images, strength), digits.labels)
        for name in missing:
            yield name, strength, evaluate(models[name], changed)
