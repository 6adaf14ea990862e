"""What decides a fully connected network, and the ways to write one: `FAMILIES` holds all that is known of each.

All families are the same function and start at the same numbers, so what looks into a network knows them all.

Add your own: a layer and an entry in FAMILIES. This one is whole; a test adds it as it stands and walks it through
the app, which writes the layer's own source into code panels and scripts:

    class IndexedLinear(nn.Module):
        def __init__(self, n_in, n_out):
            super().__init__()
            self.weight = nn.Parameter(torch.empty(n_out, n_in))
            self.bias = nn.Parameter(torch.empty(n_out))

        def forward(self, x):
            return torch.einsum("ni,oi->no", x, self.weight) + self.bias

    FAMILIES["einsum"] = Family("own nn.Module, with indices", layer=IndexedLinear)
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import nn

from core.config.choices import ACTIVATIONS, INITIALIZATIONS, Activation, Initialization
from core.config.validation import is_number, one_of, require, whole

LARGEST_NETWORK = 16_000_000  # weights and biases, 64 MB: more than any digit needs


@dataclass(frozen=True)
class Family:
    """A way to write a fully connected network.

    title: for people. layer: the class of its linear maps x Wᵀ + b, called with (n_in, n_out), on torch alone, with
    `weight` (n_out, n_in) and `bias` (n_out,), both set by the network; None where there is none of our own.
    dropout: whether it may have dropout.
    """

    title: str
    layer: type[nn.Module] | None = None
    dropout: bool = False


class MyLinear(nn.Module):
    """x Wᵀ + b. nn.Parameters are found by PyTorch, so that an optimizer gets them."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n_out, n_in))
        self.bias = nn.Parameter(torch.empty(n_out))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x @ self.weight.T + self.bias


#: "raw": W, b with requires_grad, as on the slides, where nothing is hidden in a class. "manual": every gradient is
#: derived by hand. "my-linear": the slides' task 2. "module": layers of torch.nn.
FAMILIES: dict[str, Family] = {
    "raw": Family("bare tensors"),
    "manual": Family("bare tensors, no autograd"),
    "my-linear": Family("own nn.Module", layer=MyLinear),
    "module": Family("torch.nn", dropout=True),
}


@dataclass(frozen=True)
class MLPConfig:
    """A fully connected network 784 → hidden… → 10.

    hidden: units of each hidden layer, up to 16 layers of 1…4,096; empty is the linear model Wx + b.
    family: the way it is written, one of FAMILIES.
    init, init_output: how the weights of the hidden layers and of the last layer start:
        "pytorch" U(−1/√fan_in, 1/√fan_in) for weights and biases; "normal" N(0, 1) for both;
        "xavier" U(±√(6/(fan_in+fan_out))), zero biases (Glorot & Bengio 2010);
        "he" N(0, 2/fan_in), zero biases (He et al. 2015).
    dropout: share of hidden units silenced at each training step, in [0, 0.9].
    normalize: first layer subtracts the training images' mean and divides by their standard deviation.
    """

    hidden: tuple[int, ...] = (100,)
    activation: Activation = "sigmoid"
    init: Initialization = "pytorch"
    init_output: Initialization = "pytorch"
    dropout: float = 0.0
    normalize: bool = False
    family: str = "module"

    def __post_init__(self) -> None:
        require(isinstance(self.hidden, tuple), f"Hidden layers must be a list of widths, not {self.hidden!r}.")
        require(len(self.hidden) <= 16, f"At most 16 hidden layers, please; these are {len(self.hidden)}.")
        for number, width in enumerate(self.hidden, start=1):
            whole(width, 1, 4096, f"The width of hidden layer {number}")
        count = sum((n_in + 1) * n_out for n_in, n_out in pairwise(self.widths))
        require(
            count <= LARGEST_NETWORK,
            f"This network would have {count:,} parameters; at most {LARGEST_NETWORK:,} are allowed here. "
            "Take fewer or narrower layers.",
        )
        one_of(self.activation, ACTIVATIONS, "The activation")
        one_of(self.init, INITIALIZATIONS, "The initialization")
        one_of(self.init_output, INITIALIZATIONS, "The initialization of the last layer")
        one_of(self.family, tuple(FAMILIES), "The way of building the network")
        require(
            is_number(self.dropout) and 0 <= self.dropout <= 0.9,
            f"Dropout must lie between 0 and 0.9; it is {self.dropout!r}.",
        )
        require(
            FAMILIES[self.family].dropout or self.dropout == 0,
            "Dropout needs the torch.nn form of the network: choose it, or set dropout to 0.",
        )
        require(isinstance(self.normalize, bool), f"Normalize must be true or false, not {self.normalize!r}.")

    @property
    def widths(self) -> tuple[int, ...]:
        """Units of every layer, input and output included: (784, hidden…, 10)."""
        return (784, *self.hidden, 10)
