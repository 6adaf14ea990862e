"""What frequencies a picture is made of: its two-dimensional Fourier transform, and how fast it wiggles.

A frequency of r means r waves across the picture's 28 pixels; what is smooth has low frequencies, what
changes from pixel to pixel high ones, up to 14 along a side and 19.8 towards a corner. By Parseval's theorem
the energies of the frequencies add up to the energy of the pixels, the sum of their squares.
"""

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from core.data.digits import SIDE

HIGHEST = 19  # the last ring: frequencies from 18.5 up to the corner's 19.8


@cache
def frequencies() -> Tensor:
    """(28, 28): how many waves across the picture each entry of `torch.fft.fft2` stands for."""
    along = (torch.fft.fftfreq(SIDE) * SIDE).round()  # whole numbers: 3 and not 3.0000001
    distance: Tensor = (along[:, None].square() + along[None, :].square()).sqrt()
    return distance


def white_share(cutoff: float) -> float:
    """The share of white noise's energy above `cutoff`, in [0, 1]: it has the same at every frequency."""
    return float((frequencies() > cutoff).double().mean())


def energies(pictures: Tensor) -> Tensor:
    """The energy of each frequency: pictures (N, 1, 28, 28) to (N, 28, 28) float64.

    Each picture's energies add up to the sum of its squared pixels.
    """
    energy: Tensor = torch.fft.fft2(pictures[:, 0].double()).abs().square() / SIDE**2
    return energy


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The mean over pictures of how each one's energy is shared out among the frequencies.

    share: (28, 28), adds up to 1, the lowest frequency in the corner as `torch.fft` has it. n: pictures in
    it. left_out: pictures without any energy (all zero), which have no shares.
    """

    share: Tensor
    n: int
    left_out: int

    def above(self, cutoff: float) -> float:
        """Share of the energy at frequencies above `cutoff` waves per picture, in [0, 1]."""
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
    """Of pictures (N, 1, 28, 28), each counting the same whatever its size."""
    energy = energies(pictures)
    total = energy.sum((1, 2))
    known = total > 0
    shares = energy[known] / total[known, None, None]
    mean = shares.mean(0) if len(shares) else torch.zeros(SIDE, SIDE, dtype=torch.float64)
    return Spectrum(mean, int(known.sum()), int((~known).sum()))
