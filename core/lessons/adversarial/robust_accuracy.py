"""Accuracy against ε: which images each budget costs, exactly there or at any smaller one."""

from collections.abc import Sequence

import torch
from torch import Tensor

from core.attacks.norms import NormName, within_rounding
from core.config.proportion import Proportion
from core.lessons.adversarial.tasks import Predictions


def lost(reads: Predictions, labels: Tensor) -> Tensor:
    """(n,) whether each attacked image is misclassified, those included that were misclassified when clean.

    labels: of all test images.
    """
    return reads.read.long() != labels[reads.places]


def lost_within(reads: Predictions, clean: Predictions, labels: Tensor, norm: NormName, epsilon: float) -> Tensor:
    """(n,) the same for an attack that looked for the smallest change: one larger than ε does not count.

    reads: of one run with a large budget; every ε follows from its distances.
    """
    n = min(len(reads), len(clean))
    near = reads.sizes(norm)[:n] <= within_rounding(epsilon)
    return lost(clean, labels)[:n] | (lost(reads, labels)[:n] & near)


def on_the_same(losses: Sequence[Tensor], least: int) -> list[Tensor]:
    """The same images at every budget, so that two of its points differ by the attack and not by the sample.

    losses: one (n,) a budget; while it is being measured, larger budgets know fewer images. From the first on
    that is known for fewer than `least` the budgets are left out; the others are cut to what all know.
    """
    known = next((at for at, row in enumerate(losses) if len(row) < least), len(losses))
    n = min((len(row) for row in losses[:known]), default=0)
    return [row[:n] for row in losses[:known]]


def worst_case(losses: Sequence[Tensor]) -> list[Tensor]:
    """Images lost at any budget up to each: an attacker who may spend ε may also spend less.

    losses: one (n,) a budget, ascending. While it is being measured, larger budgets may know fewer images;
    then only images known at all smaller ones count.
    """
    so_far: list[Tensor] = []
    for row in losses:
        if so_far:
            n = min(len(so_far[-1]), len(row))
            row = so_far[-1][:n] | row[:n]
        so_far.append(row)
    return so_far


def came_back(losses: Sequence[Tensor]) -> list[int]:
    """At each budget, how many images are classified correctly again that a smaller budget, not 0, had taken.

    losses: one (n,) a budget, the first at ε = 0. A single step of fixed direction may overshoot; then this
    is above 0.
    """
    counts = [0] * len(losses)
    if len(losses) < 3:
        return counts
    taken = torch.zeros_like(losses[0])
    for index, row in enumerate(losses):
        n = min(len(taken), len(row))
        counts[index] = int((taken[:n] & ~row[:n]).sum())
        if index:
            taken = taken[:n] | (row[:n] & ~losses[0][:n])
    return counts


def shares(losses: Sequence[Tensor]) -> list[Proportion]:
    """How many are left at each budget. losses: one (n,) a budget, True where the image is lost."""
    return [Proportion(int((~row).sum()), len(row)) for row in losses]


def half_lost(epsilons: Sequence[float], left: Sequence[Proportion]) -> tuple[float, float] | None:
    """The two neighboring budgets between which accuracy first falls below one half; None if it does not."""
    for index, here in enumerate(left):
        if here.n and here.share < 0.5:
            return epsilons[max(0, index - 1)], epsilons[index]
    return None
