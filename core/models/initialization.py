"""Where a network starts: random weights drawn from the run's own generator.

Every family of network takes its start from `initial_weights`, so the same seed gives raw tensors, nn.Linear
and hand-written layers exactly the same numbers, and a comparison compares what it says it does.
"""

import math
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Generator, Tensor

from core.config.run import Initialization, MLPConfig, RegressorConfig

Draw = Callable[[int, int, Generator], tuple[Tensor, Tensor]]


def _pytorch(n_in: int, n_out: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """nn.Linear's own: both from U(−1/√n_in, 1/√n_in)."""
    bound = 1 / math.sqrt(n_in)
    weight = torch.empty(n_out, n_in).uniform_(-bound, bound, generator=generator)
    return weight, torch.empty(n_out).uniform_(-bound, bound, generator=generator)


def _normal(n_in: int, n_out: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Standard normal, as torch.randn gives: with 784 inputs a pre-activation of size about 10."""
    weight = torch.empty(n_out, n_in).normal_(generator=generator)
    return weight, torch.empty(n_out).normal_(generator=generator)


def _xavier(n_in: int, n_out: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Glorot & Bengio 2010: keeps the size of signals through sigmoid-like layers."""
    bound = math.sqrt(6 / (n_in + n_out))
    return torch.empty(n_out, n_in).uniform_(-bound, bound, generator=generator), torch.zeros(n_out)


def _he(n_in: int, n_out: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """He et al. 2015: twice the variance, because ReLU silences half the units."""
    weight = torch.empty(n_out, n_in).normal_(0, math.sqrt(2 / n_in), generator=generator)
    return weight, torch.zeros(n_out)


INITIAL_WEIGHTS: dict[Initialization, Draw] = {"pytorch": _pytorch, "normal": _normal, "xavier": _xavier, "he": _he}


def initial_weights(config: MLPConfig | RegressorConfig, generator: Generator) -> list[tuple[Tensor, Tensor]]:
    """(weight (out, in), bias (out,)) of every layer, float32 on the CPU, first layer first.

    `generator` must be a CPU generator: the same seed then gives the same start on every device.
    """
    widths = config.widths
    layers = []
    for index, (n_in, n_out) in enumerate(pairwise(widths)):
        last = index == len(widths) - 2
        draw = INITIAL_WEIGHTS[config.init_output if last else config.init]
        layers.append(draw(n_in, n_out, generator))
    return layers
