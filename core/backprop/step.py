"""One operation of a network held up to the light: what goes in, what comes out, and each number's sum."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from core.formatting import latex_number, shape

Phase = Literal["forward", "loss", "backward", "update"]
Role = Literal["input", "signed", "share"]
Where = tuple[int | None, int | None]


@dataclass(frozen=True, eq=False)
class Named:
    """A tensor and what it is called.

    symbol: LaTeX, "W_h". plain: the same for a hover text, "W_h". gradient: whether the tensor is ∂L/∂symbol;
    of a pre-activation z_h that is called its error, δ_h.
    role: "input" for the network's input, "share" for what is never negative (activations, probabilities),
    "signed" for the rest. It says how to color the tensor.
    """

    symbol: str
    plain: str
    tensor: Tensor
    gradient: bool = False
    role: Role = "signed"

    @property
    def is_error(self) -> bool:
        """Whether it is a δ, the gradient for pre-activations z."""
        return self.gradient and self.symbol.startswith("z")

    @property
    def latex(self) -> str:
        """The tensor's name in LaTeX."""
        if self.is_error:
            return rf"\delta{self.symbol[1:]}"
        return rf"\frac{{\partial L}}{{\partial {self.symbol}}}" if self.gradient else self.symbol

    @property
    def inline(self) -> str:
        """The same on one line: \\partial L / \\partial W_h."""
        return rf"\partial L/\partial {self.symbol}" if self.gradient and not self.is_error else self.latex

    @property
    def notation(self) -> str:
        """The tensor's name in plain text."""
        if self.is_error:
            return f"δ{self.plain[1:]}"
        return f"∂L/∂{self.plain}" if self.gradient else self.plain

    @property
    def grid(self) -> Tensor:
        """The tensor as a matrix: a vector is one row, a number one cell."""
        return self.tensor.reshape(1, -1) if self.tensor.dim() < 2 else self.tensor

    @property
    def shape(self) -> str:
        """Its shape as PyTorch prints it: "(4, 3)", "(3,)", "()"."""
        return shape(self.tensor.shape)

    def at(self, row: int | str, column: int | str) -> str:
        """LaTeX of one cell, counted from 0: "W_h[3,2]"; the row of a vector is left out."""
        index = ("", f"[{column}]", f"[{row},{column}]")[self.tensor.dim()]
        if self.gradient and not self.is_error:
            return rf"\frac{{\partial L}}{{\partial {self.symbol}{index}}}"
        return self.latex + index


@dataclass(frozen=True, eq=False)
class Cell:
    """One number of a result, and the terms it is the sum of.

    symbol, pattern: LaTeX of the number and of its formula with this cell's indices. terms: (T,), in float64;
    their sum is `value` up to rounding. written: term's position → LaTeX of it with its numbers.
    reads: for each operand the (row, column) read, None meaning all of them. path: for each lit gap of the
    step the (unit on its left, unit on its right) concerned, None meaning all. several: the places read, the
    same in each operand, where they are no row or column.
    """

    symbol: str
    pattern: str
    value: float
    terms: Tensor
    written: Callable[[int], str]
    reads: tuple[Where, ...]
    path: tuple[Where, ...]
    several: tuple[Where, ...] = ()

    def largest(self, most: int) -> tuple[list[int], float]:
        """Positions of the `most` terms largest in size, in their own order, and the sum of all others."""
        if len(self.terms) <= most:
            return list(range(len(self.terms))), 0.0
        kept = sorted(self.terms.abs().topk(most).indices.tolist())
        return kept, float(self.terms.sum() - self.terms[kept].sum())

    def worked(self, most: int = 6, a_line: int = 1) -> str:
        """LaTeX: the formula, the same with numbers (`a_line` terms a line), and the result.

        Of a sum with more than `most` terms only the largest are written out; the rest is counted and summed.
        """
        kept, rest = self.largest(most)
        parts = [self.written(index) for index in kept]
        if len(kept) < len(self.terms):
            more = f"{len(self.terms) - len(kept):,}"
            parts.append(rf"\underbrace{{\cdots}}_{{{more}\text{{ more: }}{number(rest)}}}")
        lines = [" + ".join(parts[at : at + a_line]) for at in range(0, len(parts), a_line)]
        return (
            rf"\begin{{aligned}} {self.symbol} &= {self.pattern} \\[4pt] &= "
            + r" \\ &\quad + ".join(lines)
            + rf" \\[4pt] &= \mathbf{{{number(self.value, 6)}}} \end{{aligned}}"
        )


@dataclass(frozen=True, eq=False)
class Step:
    """One operation of the forward or backward pass, or of the update that follows.

    title: in plain words, with names in LaTeX between dollar signs. formula: LaTeX. operands, result: the
    tensors. columns, gaps: what of the diagram the step touches: columns of `walk.columns`, and gaps, where
    gap g lies between columns g and g + 1. column: the column whose units the result belongs to, None for
    gradients of weights and biases.
    cell(row, column): one number of `result.grid` with its terms.
    enters: (N,), where of the column on the left of the gap only one unit enters: which one, for each image.
    each: (N,), where the result is one number for the batch: what each image alone gives.
    """

    phase: Phase
    title: str
    formula: str
    operands: tuple[Named, ...]
    result: Named
    columns: tuple[int, ...]
    gaps: tuple[int, ...]
    column: int | None
    cell: Callable[[int, int], Cell]
    enters: Tensor | None = None
    each: Tensor | None = None


def number(value: float, digits: int = 4) -> str:
    """A number in LaTeX with that many significant digits."""
    return latex_number(value, digits)


def factor(value: float | Tensor) -> str:
    """A number as a factor of a product or after a plus: in brackets if it is negative."""
    text = number(float(value))
    return rf"({text})" if text.startswith("-") else text


def double(*values: float | Tensor) -> Tensor:
    """Numbers as one vector of float64."""
    return torch.stack([torch.as_tensor(value, dtype=torch.float64) for value in values])
