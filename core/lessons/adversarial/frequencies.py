"""Frequencies of images and perturbations: spectra, and the low and the high part of a change, equally long.

A frequency of r means r waves across the image's 28 pixels; what is smooth has low frequencies, what changes from
pixel to pixel high ones, up to 14 along a side and 19.8 towards a corner. By Parseval's theorem the energies of the
frequencies add up to the energy of the pixels, the sum of their squares.

A perturbation is divided by a Fourier transform: frequencies up to a cut-off make the low-pass part, all others the
high-pass part; together they are the perturbation again. A longer change hurts more, so all are brought to the same
L2, and since the network only ever sees images in [0, 1], the length that counts is that of the change left after
clipping.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import torch
from torch import Tensor, nn

from core.config.proportion import Proportion
from core.data.digits import SIDE, Digits
from core.models.evaluation import logits

HIGHEST = 19  # the last ring: frequencies from 18.5 up to the corner's 19.8


@cache
def frequencies() -> Tensor:
    """(28, 28): how many waves across the image each entry of `torch.fft.fft2` stands for."""
    along = (torch.fft.fftfreq(SIDE) * SIDE).round()  # whole numbers: 3 and not 3.0000001
    distance: Tensor = (along[:, None].square() + along[None, :].square()).sqrt()
    return distance


def white_share(cutoff: float) -> float:
    """The share of white noise's energy above `cutoff`, in [0, 1]: it has the same at every frequency."""
    return float((frequencies() > cutoff).double().mean())


def energies(pictures: Tensor) -> Tensor:
    """The energy of each frequency: images (N, 1, 28, 28) to (N, 28, 28) float64.

    Each image's energies add up to the sum of its squared pixels.
    """
    energy: Tensor = torch.fft.fft2(pictures[:, 0].double()).abs().square() / SIDE**2
    return energy


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The mean over images of how each one's energy is shared out among the frequencies.

    share: (28, 28), adds up to 1, the lowest frequency in the corner as `torch.fft` has it. n: images in
    it. left_out: images without any energy (all zero), which have no shares.
    """

    share: Tensor
    n: int
    left_out: int

    def above(self, cutoff: float) -> float:
        """Share of the energy at frequencies above `cutoff` waves per image, in [0, 1]."""
        return float(self.share[frequencies() > cutoff].sum())

    @property
    def rings(self) -> Tensor:
        """(20,): share of the energy in each ring of frequencies that round to 0, 1, …, 19 waves."""
        ring = frequencies().round().long().clamp_max(HIGHEST).flatten()
        return torch.zeros(HIGHEST + 1, dtype=self.share.dtype).index_add(0, ring, self.share.flatten())

    @property
    def density(self) -> Tensor:
        """(20,): share of the energy per frequency in each ring, the usual radially averaged spectrum.

        Outer rings hold more frequencies, so white noise is flat here and not in `rings`.
        """
        ring = frequencies().round().long().clamp_max(HIGHEST).flatten()
        return self.rings / torch.bincount(ring, minlength=HIGHEST + 1)

    @property
    def centered(self) -> Tensor:
        """(28, 28): `share` with the lowest frequency in the middle."""
        shifted: Tensor = torch.fft.fftshift(self.share)
        return shifted


def spectrum(pictures: Tensor) -> Spectrum:
    """Of images (N, 1, 28, 28), each counting the same whatever its size."""
    energy = energies(pictures)
    total = energy.sum((1, 2))
    known = total > 0
    shares = energy[known] / total[known, None, None]
    mean = shares.mean(0) if len(shares) else torch.zeros(SIDE, SIDE, dtype=torch.float64)
    return Spectrum(mean, int(known.sum()), int((~known).sum()))


Part = Literal["whole", "low", "high", "random"]
PARTS: Final[tuple[Part, ...]] = ("whole", "low", "high", "random")


def split(pictures: Tensor, cutoff: float) -> tuple[Tensor, Tensor]:
    """The low-pass and the high-pass part of images (N, 1, 28, 28): up to `cutoff` waves, and above.

    They add up to the images, and so do their energies; the two are at right angles.
    """
    there = torch.fft.fft2(pictures.double())
    low = torch.fft.ifft2(there * (frequencies() <= cutoff)).real
    return low.to(pictures.dtype), (pictures - low).to(pictures.dtype)


def part_of(perturbations: Tensor, part: Part, cutoff: float, seed: int = 0) -> Tensor:
    """The whole, one of its parts, or random signs as a control: (N, 1, 28, 28)."""
    if part == "random":
        coins = torch.rand(perturbations.shape, generator=torch.Generator().manual_seed(seed))
        return torch.where(coins < 0.5, -1.0, 1.0).to(perturbations.dtype)
    if part == "whole":
        return perturbations
    low, high = split(perturbations, cutoff)
    return low if part == "low" else high


def at_length(images: Tensor, directions: Tensor, length: float, *, after_clipping: bool = True) -> Tensor:
    """Images + k · directions, clipped to [0, 1], with k ≥ 0 for each image so that the change has an L2 of
    `length`, measured after clipping or, if False, before it.

    images, directions: (N, 1, 28, 28). A direction of zeros changes nothing. Where clipping leaves no room
    for so long a change, it is as long as can be.
    """
    flat = directions.flatten(1).double()
    if after_clipping:
        factor = _factor(images.flatten(1).double(), flat, length)
    else:
        size = flat.norm(dim=1)
        factor = torch.where(size > 0, length / size.clamp_min(1e-300), 0.0)
    change = (factor[:, None] * flat).reshape(images.shape)
    return (images + change).clamp(0, 1).to(images.dtype)


def _factor(x: Tensor, d: Tensor, length: float) -> Tensor:
    """(N,) the k for which clip(x + k·d) − x has the L2 `length`; x, d (N, 784) in double precision.

    Pixel i moves by k·|dᵢ| until it has used up its room rᵢ, at k = rᵢ/|dᵢ|. In the order in which pixels get
    stuck, the squared length is Σ_stuck rᵢ² + k² Σ_moving dᵢ²: look up the piece that holds length².
    """
    size = d.abs()
    room = torch.where(d > 0, 1 - x, x)
    stuck_at = torch.where(size > 0, room / size.clamp_min(1e-300), torch.inf)
    stuck_at, order = stuck_at.sort(dim=1)
    used = torch.where(stuck_at.isfinite(), room.gather(1, order).square(), 0.0)
    moving = size.gather(1, order).square()
    start = torch.zeros(len(x), 1, dtype=x.dtype)
    stuck = torch.cat([start, used.cumsum(1)], 1)  # before the pixel at this place gets stuck, and after all
    left = torch.cat([moving.flip(1).cumsum(1).flip(1), start], 1)
    finite = torch.where(stuck_at.isfinite(), stuck_at, 0.0)
    reached = torch.where(stuck_at.isfinite(), stuck[:, :-1] + finite.square() * left[:, :-1], torch.inf)
    piece = (reached < length**2).sum(1, keepdim=True)  # so many pixels are stuck at the end
    rest = (length**2 - stuck.gather(1, piece)).clamp_min(0)
    still = left.gather(1, piece)
    most = finite.amax(1, keepdim=True)
    return torch.where(still > 0, (rest / still.clamp_min(1e-300)).sqrt(), most)[:, 0]


@dataclass(frozen=True)
class PartScore:
    """How a network classifies images changed by one part at one length.

    n, correct: images, and how many are classified correctly. length: mean L2 of the change after clipping.
    strayed: share of that change's energy at frequencies that its part should not have, in [0, 1]: clipping
    puts it there.
    """

    n: int
    correct: int
    length: float
    strayed: float

    @property
    def accuracy(self) -> float:
        """Share classified correctly, in [0, 1]."""
        return self.correct / self.n if self.n else float("nan")

    @property
    def ci95(self) -> tuple[float, float]:
        """95% interval of the accuracy (Wilson 1927)."""
        return Proportion(self.correct, self.n).interval


def read_part(
    model: nn.Module,
    digits: Digits,
    perturbations: Tensor,
    part: Part,
    length: float,
    cutoff: float,
    *,
    after_clipping: bool = True,
) -> PartScore:
    """Change every digit by one part of its perturbation (N, 1, 28, 28), brought to `length`, and let the
    network read it."""
    images, direction = digits.images, part_of(perturbations, part, cutoff)
    changed = at_length(images, direction, length, after_clipping=after_clipping)
    correct = int((logits(model, changed).argmax(1) == digits.labels).sum())
    change = (changed - images).double()
    low, high = (piece.square().sum() for piece in split(change, cutoff))
    wrong = {"low": high, "high": low}.get(part, torch.zeros(()))
    strayed = float(wrong / change.square().sum().clamp_min(1e-300))
    return PartScore(len(digits), correct, float(change.flatten(1).norm(dim=1).mean()), strayed)
