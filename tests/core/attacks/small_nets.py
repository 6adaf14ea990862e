"""Networks and digits small enough to attack a thousand times."""

from functools import cache

import torch
from torch import Tensor, nn

from core.data import load
from core.models.trained_network import load_shipped


@cache
def some_digits(n: int = 12) -> tuple[Tensor, Tensor]:
    """The first n bundled test digits, in float64, so that no sign hangs on rounding."""
    test = load("small").test
    return test.images[:n].double(), test.labels[:n]


def linear() -> nn.Module:
    """The shipped softmax regression: reads well and is easily fooled."""
    return load_shipped("linear-softmax").model.double()


def small_mlp() -> nn.Module:
    """The shipped network of three layers."""
    return load_shipped("mlp-module").model.double()


def mixed() -> nn.Module:
    """Untrained convolutions with dropout and batch norm: what they say depends on the mode they are in."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = nn.Sequential(
            nn.Conv2d(1, 4, 5, stride=3),
            nn.BatchNorm2d(4),
            nn.Tanh(),
            nn.Dropout(0.5),
            nn.Flatten(),
            nn.Linear(256, 10),
        )
    return net.double()
