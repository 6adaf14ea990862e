"""What decides a fully connected network."""

from dataclasses import dataclass
from itertools import pairwise

from core.config.choices import ACTIVATIONS, FAMILIES, INITIALIZATIONS, Activation, Family, Initialization
from core.config.validation import is_number, one_of, require, whole

LARGEST_NETWORK = 16_000_000  # weights and biases, 64 MB: more than any digit needs


@dataclass(frozen=True)
class MLPConfig:
    """A fully connected network 784 → hidden… → 10.

    hidden: units of each hidden layer, up to 16 layers of 1…4,096; empty is the linear model Wx + b.
    family: "module" builds torch.nn layers; "raw" keeps bare tensors W, b with requires_grad, as on the
        slides, where nothing is hidden in a class; "manual" keeps bare tensors and derives every gradient by
        hand, without autograd; "my-linear" nests hand-written nn.Module layers.
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
    family: Family = "module"

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
        one_of(self.family, FAMILIES, "The way of building the network")
        require(
            is_number(self.dropout) and 0 <= self.dropout <= 0.9,
            f"Dropout must lie between 0 and 0.9; it is {self.dropout!r}.",
        )
        require(
            self.family == "module" or self.dropout == 0,
            "Dropout needs the torch.nn form of the network: choose it, or set dropout to 0.",
        )
        require(isinstance(self.normalize, bool), f"Normalize must be true or false, not {self.normalize!r}.")

    @property
    def widths(self) -> tuple[int, ...]:
        """Units of every layer, input and output included: (784, hidden…, 10)."""
        return (784, *self.hidden, 10)
