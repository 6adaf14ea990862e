"""Which products 16 bits pay for: large ones.

In bf16 a product of large matrices takes a third of the time, but preparing it takes 20 µs, more than a small
one takes altogether in 32 bits. So where a network computes in 16 bits (autocast), its small layers do not.
"""

from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.config.run import CNNConfig, MLPConfig

SMALL = 16_384  # weights: layers with fewer stay in 32 bits


@lru_cache(maxsize=1)
def native_bf16() -> bool:
    """Whether this is an x86 processor that multiplies 16-bit numbers in hardware; else they are slower."""
    found = torch.cpu.get_capabilities()
    return any(found.get(name) is True for name in ("avx512_bf16", "amx_bf16"))


def stays_exact(x: Tensor, weight: Tensor) -> bool:
    """Whether autocast is on and the product of x with these weights too small to gain from it."""
    return weight.numel() < SMALL and torch.is_autocast_enabled(x.device.type)


def rounds_pixels(model: object) -> bool:
    """Whether a network of this config that computes in 16 bits rounds its pixels before anything else.

    Then they may as well come rounded: every number after that is the same.
    """
    if isinstance(model, MLPConfig):
        return not model.normalize and model.widths[0] * model.widths[1] >= SMALL
    return isinstance(model, CNNConfig) and not model.normalize


def affine(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """x W + b: x (N, in), weight (in, out), bias (out,) to (N, out)."""
    if stays_exact(x, weight):
        with torch.autocast(x.device.type, enabled=False):
            return torch.addmm(bias, x.float(), weight)
    return torch.addmm(bias, x, weight)  # x W + b in one call


class Linear(nn.Linear):
    """torch.nn's layer x Wᵀ + b, x (N, in), W (out, in), to (N, out), in 32 bits where it is small."""

    def forward(self, x: Tensor) -> Tensor:
        if stays_exact(x, self.weight):
            with torch.autocast(x.device.type, enabled=False):
                return functional.linear(x.float(), self.weight, self.bias)
        return super().forward(x)
