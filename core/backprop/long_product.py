"""The long product: how the error at the outputs becomes the gradient of the first weights, factor by factor.

    ∂L/∂W₁ = x ⊗ [ (ŷ − y) · W₅ᵀ · diag(σ′(z₄)) · W₄ᵀ · … · W₂ᵀ · diag(σ′(z₁)) ]

Each hidden layer adds two factors: its weights, and the slopes of its activation. Many factors below one
and nothing is left of the error at the bottom: the vanishing gradient (Hochreiter 1991). Vectors are rows
here and weights (in, out), as everywhere in `core.backprop`.

Source: the blog post's derivation for 784→512→256→128→64→10, where (ŷ − y) is called δ₅.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor

from core.backprop.network import Layer, check, forward
from core.backprop.pieces import MANUAL_ACTIVATIONS, cross_entropy
from core.config.run import Activation
from core.config.validation import require

Kind = Literal["error", "weights", "slopes", "input"]


@dataclass(frozen=True, eq=False)
class Factor:
    """One factor of the product.

    kind, layer: what it is and of which layer (1 is the first). latex, notation: its name. value: the error
    (1, K), the weights turned (out, in), the slopes (units,), the diagonal of a matrix (units, units), or the
    input (1, in). product: all factors so far, (1, units); after the last the gradient (in, units).
    """

    kind: Kind
    layer: int
    latex: str
    notation: str
    value: Tensor
    product: Tensor

    @property
    def shape(self) -> tuple[int, int]:
        """The factor's shape as a matrix; of slopes that of the whole diagonal matrix."""
        units = self.value.shape[-1]
        return (units, units) if self.kind == "slopes" else (self.value.shape[0], units)

    @property
    def rms(self) -> float:
        """The typical size of a number in the product so far: the root of their mean square."""
        return float(self.product.double().square().mean().sqrt())


def long_product(layers: Sequence[Layer], activation: Activation, x: Tensor, label: int) -> list[Factor]:
    """∂L/∂W₁ of one image x (1, in) with that label, from the error to the input: 2L factors for L layers.

    The last factor's product is the gradient itself. Raises ConfigError, with a sentence, if shapes do not
    fit, numbers are not finite or there is more than one image.
    """
    labels = torch.tensor([label])
    require(len(x) == 1, f"The long product follows one image at a time; this batch has {len(x)}.")
    check(layers, x, labels)
    with torch.no_grad():
        tape = forward(layers, activation, x)
        _, running = cross_entropy(tape.outputs, labels)
        count = len(layers)
        factors = [Factor("error", count, r"(\hat y - y)", "ŷ − y", running, running)]
        for number in range(count, 1, -1):
            turned = layers[number - 1].weight.T
            running = running @ turned
            latex, notation = rf"W_{{{number}}}^\top", f"W{_low(number)}ᵀ"
            factors.append(Factor("weights", number, latex, notation, turned, running))
            slopes = MANUAL_ACTIVATIONS[activation].derivative(tape.before[number - 2], tape.inputs[number - 1])[0]
            running = running * slopes  # · diag(slopes), without the zeros beside the diagonal
            below = number - 1
            latex, notation = rf"\mathrm{{diag}}(\sigma'(z_{{{below}}}))", f"diag σ′(z{_low(below)})"
            factors.append(Factor("slopes", below, latex, notation, slopes, running))
        gradient = torch.outer(x[0], running[0])
        return [*factors, Factor("input", 1, "x", "x", x, gradient)]


def relative_difference(ours: Tensor, other: Tensor) -> float:
    """‖ours − other‖ / ‖other‖, Frobenius norms; 0 if both are zero."""
    gap, size = float((ours - other).norm()), float(other.norm())
    return gap / size if size else (0.0 if gap == 0 else float("inf"))


def written(factors: Sequence[Factor], current: int, color: str) -> str:
    """LaTeX of the whole product with factor `current` (0 is the error) in a frame and a color ("#RRGGBB").

    Factors the product has not reached yet are pale. Each layer after the last has a line of its own.
    """

    def show(index: int) -> str:
        name = factors[index].latex
        if index == current:
            return rf"\boxed{{\textcolor{{{color}}}{{{name}}}}}"
        return name if index < current else rf"\textcolor{{#8E99A3}}{{{name}}}"

    last = len(factors) - 1
    chain = [show(index) for index in range(last)]
    starts = [0, *range(3, last, 2)]  # with the error stand the weights and slopes next to it
    lines = [r" \cdot ".join(chain[at:end]) for at, end in pairwise([*starts, last])]
    body = r" \\ &\qquad \cdot ".join(lines)
    start = rf"\frac{{\partial L}}{{\partial W_1}} &= {show(last)} \otimes \big["
    return rf"\begin{{aligned}} {start}\, {body} \,\big] \end{{aligned}}"


def _low(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
