"""A GRU by hand: its gates at every character, computed from the weights alone.

A gated recurrent unit (Cho et al. 2014) carries a hidden state h from character to character. Two gates,
numbers between 0 and 1 for every unit, decide what happens to it:

    r = σ(W_r x + U_r h + b_r)             reset: how much of the old state the candidate may see
    z = σ(W_z x + U_z h + b_z)             update: how much of the old state is kept
    n = tanh(W_n x + b_n + r ∘ (U_n h + c_n))    candidate: what would be written
    h ← (1 − z) ∘ n + z ∘ h

PyTorch stacks the three W as `weight_ih_l0` and the three U as `weight_hh_l0`, in the order r, z, n.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.models.recurrent import Recurrent


@dataclass(frozen=True)
class Gates:
    """What happened at each of L characters, (L, units) each; the state before the first is zero.

    reset, update: in (0, 1). candidate: in (−1, 1). before, after: the hidden state around the character.
    """

    reset: Tensor
    update: Tensor
    candidate: Tensor
    before: Tensor
    after: Tensor


@dataclass(frozen=True)
class Pre:
    """One gate's pre-activation, for every character and unit (L, units).

    letter: W x and its bias, the part of the input. memory: U h and its bias, the part of the hidden state.
    """

    letter: Tensor
    memory: Tensor


def gru_weights(model: Recurrent) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...], tuple[Tensor, ...]]:
    """(W, U, biases) for r, z, n: W (units, characters) each, U (units, units) each, biases (b_W, b_U) of
    (3 · units,). Raises ValueError for a network without a GRU."""
    cell = model.cell
    if not isinstance(cell, nn.GRU):
        raise ValueError("only a GRU has these gates")
    parts = [getattr(cell, name).detach() for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")]
    w, u = parts[0].chunk(3), parts[1].chunk(3)
    return w, u, (parts[2], parts[3])


def gates(model: Recurrent, characters: Tensor) -> tuple[Gates, tuple[Pre, Pre, Pre]]:
    """(gates, the sums behind r, z and n) for one word: characters (L,) int64, places in ALPHABET, all ≥ 0.

    The memory part of n is what the reset gate multiplies.
    """
    w, u, (b, c) = gru_weights(model)
    biases, memories = b.chunk(3), c.chunk(3)
    h = torch.zeros_like(biases[0])
    rows: list[tuple[Tensor, ...]] = []
    for at in characters.tolist():
        letter = [matrix[:, at] + bias for matrix, bias in zip(w, biases, strict=True)]
        memory = [matrix @ h + bias for matrix, bias in zip(u, memories, strict=True)]
        r = torch.sigmoid(letter[0] + memory[0])
        z = torch.sigmoid(letter[1] + memory[1])
        n = torch.tanh(letter[2] + r * memory[2])
        after = (1 - z) * n + z * h
        rows.append((r, z, n, h, after, *letter, *memory))
        h = after
    empty = torch.empty(0, len(h))
    found = [torch.stack(column) for column in zip(*rows, strict=True)] or [empty] * 11
    return Gates(*found[:5]), (Pre(found[5], found[8]), Pre(found[6], found[9]), Pre(found[7], found[10]))
