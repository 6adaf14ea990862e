"""The same gradient found three ways: by hand, by autograd, and measured by finite differences.

A derivation can be wrong, autograd can be used wrongly, a measurement is rough: where all three agree, the
gradient is right.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from core.backprop.network import RIGHT, Gradient, Layer, Loss, Rules, check, loss_and_gradients
from core.config.run import Activation, MLPConfig, Reduction
from core.config.seeds import stream
from core.data.digits import Digits
from core.lessons.backprop.finite_differences import WIDTH, finite_differences
from core.models import linear_layers
from core.models.activations import ACTIVATION_FUNCTIONS
from core.models.initialization import INITIAL_WEIGHTS, initial_weights
from core.models.raw_mlp import tensor_names

# How far two tensors agree: the measure of every gradient check.
#
# Tensors are compared as wholes. Entry by entry one would divide zero by zero wherever a pixel is black, and
# call rounding an error wherever a gradient is all but zero.


@dataclass(frozen=True)
class Agreement:
    """What of tensor a differs from tensor b.

    difference: ‖a − b‖ / max(‖a‖, ‖b‖), from 0 (the same) to 2 (opposite); 0 if both are zero, infinite if
    a number of either is not finite. length: ‖a‖ / ‖b‖. angle: between the two, 0…180 degrees. These two
    are None where a length is zero or not finite.
    """

    difference: float
    length: float | None
    angle: float | None

    def within(self, tolerance: float) -> bool:
        """Whether the difference is smaller than `tolerance`."""
        return self.difference < tolerance


def agreement(a: Tensor, b: Tensor) -> Agreement:
    """Compare two tensors of one shape, of any numbers of dimensions."""
    if not bool(a.isfinite().all() and b.isfinite().all()):
        return Agreement(math.inf, None, None)
    sizes = float(a.norm()), float(b.norm())
    if max(sizes) == 0:
        return Agreement(0.0, None, None)
    difference = float((a - b).norm()) / max(sizes)
    if min(sizes) == 0:
        return Agreement(difference, None, None)
    one, other = a / sizes[0], b / sizes[1]  # atan2 keeps the digits of small angles, acos loses them
    angle = math.degrees(2 * math.atan2(float((one - other).norm()), float((one + other).norm())))
    return Agreement(difference, sizes[0] / sizes[1], angle)


EXACT = 1e-10  # by hand against autograd, in float64: only rounding is left
MEASURED = 1e-6  # against finite differences, which are rough by nature
SAMPLE = 2_000  # entries of a tensor that are measured; all of them where there are no more


@dataclass(frozen=True, eq=False)
class TensorCheck:
    """One weight or bias tensor, checked.

    name: W_h, b_h, …. manual, autograd: its gradient by hand and by autograd, of the tensor's shape.
    entries: which entries (E,), in flat order, were measured; measured: their finite differences (E,), NaN
    where a kink disturbs.
    """

    name: str
    manual: Tensor
    autograd: Tensor
    entries: Tensor
    measured: Tensor

    @cached_property
    def kinks(self) -> int:
        """Measured entries that are left out because of a kink."""
        return int(self.measured.isnan().sum())

    @cached_property
    def with_autograd(self) -> Agreement:
        """The gradient by hand against autograd's, over the whole tensor."""
        return agreement(self.manual, self.autograd)

    @cached_property
    def with_measured(self) -> Agreement | None:
        """The gradient by hand against finite differences, over the measured entries without a kink.

        None where no such entry is left: then nothing is measured.
        """
        kept = ~self.measured.isnan()
        if not bool(kept.any()):
            return None
        return agreement(self.manual.flatten()[self.entries[kept]], self.measured[kept])

    @property
    def right(self) -> bool | None:
        """Whether the gradient by hand agrees with both others.

        None: it agrees with autograd, and nothing could be measured, so that there is no verdict.
        """
        if not self.with_autograd.within(EXACT):
            return False
        return None if self.with_measured is None else self.with_measured.within(MEASURED)


def gradient_check(
    layers: Sequence[Layer],
    activation: Activation,
    x: Tensor,
    target: Tensor,
    *,
    loss: Loss = "cross-entropy",
    reduction: Reduction = "mean",
    rules: Rules = RIGHT,
    sample: int = SAMPLE,
    seed: int = 0,
    width: float = WIDTH,
) -> list[TensorCheck]:
    """Check every tensor: W and b of the first layer, then of the next.

    Layers, x (N, in) and values are turned to float64. target: labels (N,), or values (N, K) for
    "squared-error". Of a tensor with more than `sample` entries that many are measured, drawn by `seed`.
    rules: the backward pass by hand, perhaps with a mistake planted. Raises ConfigError as
    `core.backprop.network` does.
    """
    layers, x, target = doubled(layers, x, target)
    manual = loss_and_gradients(layers, activation, x, target, loss=loss, reduction=reduction, rules=rules)[1]
    auto = autograd_gradients(layers, activation, x, target, loss=loss, reduction=reduction)
    names = [name for pair in tensor_names(len(layers)) for name in pair]
    generator = Generator().manual_seed(seed)
    checks = []
    for index, name in enumerate(names):
        one, other = manual[index // 2][index % 2], auto[index // 2][index % 2]
        entries = torch.arange(one.numel())
        if len(entries) > sample:
            entries = torch.randperm(len(entries), generator=generator)[:sample].sort().values
        measured = finite_differences(
            layers, activation, x, target, index, entries, loss=loss, reduction=reduction, width=width
        )
        checks.append(TensorCheck(name, one, other, entries, measured))
    return checks


def autograd_gradients(
    layers: Sequence[Layer],
    activation: Activation,
    x: Tensor,
    target: Tensor,
    *,
    loss: Loss = "cross-entropy",
    reduction: Reduction = "mean",
) -> list[Gradient]:
    """What `backward()` finds for every layer, first layer first, on copies that ask for gradients.

    x: (N, in); target: (N,) labels or (N, out) values, as the loss wants them.
    """
    check(layers, x, target, loss)
    leaves = [Layer(w.clone().requires_grad_(), b.clone().requires_grad_()) for w, b in layers]
    sigma = ACTIVATION_FUNCTIONS[activation]
    o = x
    for index, (weight, bias) in enumerate(leaves):
        o = (sigma(o) if index else o) @ weight + bias
    if loss == "cross-entropy":
        value = functional.cross_entropy(o, target, reduction=reduction)
    else:
        value = functional.mse_loss(o, target, reduction=reduction)
    found = torch.autograd.grad(value, [tensor for layer in leaves for tensor in layer])
    return [Gradient(found[i], found[i + 1]) for i in range(0, len(found), 2)]


def doubled(layers: Sequence[Layer], x: Tensor, target: Tensor) -> tuple[list[Layer], Tensor, Tensor]:
    """The same layers, x (N, in) and target in float64; labels stay whole numbers."""
    target = target.double() if target.is_floating_point() else target
    return [Layer(w.detach().double(), b.detach().double()) for w, b in layers], x.double(), target


# The networks one checks gradients in: small enough to check whole, or digit classifiers.


SMALL_CLASSES = 3


def small_network(seed: int = 0) -> list[Layer]:
    """4 → 3 → 3: 27 weights and biases, drawn from N(0, 1), for the ink in the quarters of a 0, 1 or 2."""
    generator = stream(seed, "weights")
    pairs = [INITIAL_WEIGHTS["normal"](n_in, n_out, generator) for n_in, n_out in ((4, 3), (3, 3))]
    return [Layer(weight.T.contiguous().double(), bias.double()) for weight, bias in pairs]


def fresh_network(hidden: Sequence[int], activation: Activation, seed: int = 0) -> list[Layer]:
    """784 → hidden… → 10 in float64 as it starts, with PyTorch's own initialization."""
    start = initial_weights(MLPConfig(hidden=tuple(hidden), activation=activation), stream(seed, "weights"))
    return [Layer(weight.T.contiguous().double(), bias.double()) for weight, bias in start]


def layers_of(model: nn.Module) -> list[Layer]:
    """The fully connected layers of a network, copied to float64; weights (in, out)."""
    return [Layer(weight.T.double().contiguous(), bias.double().clone()) for _, weight, bias in linear_layers(model)]


def quarters(digits: Digits) -> Tensor:
    """The mean ink (N, 4), in [0, 1], of each image's quarters: top left, top right, bottom left, bottom
    right."""
    return functional.avg_pool2d(digits.images, 14).flatten(1).double()


def small_digits(digits: Digits) -> Tensor:
    """Positions (n,) of the digits 0, 1 and 2, which are all that the small network tells apart."""
    return torch.nonzero(digits.labels < SMALL_CLASSES).flatten()
