"""What other attacks found beside the one that draws the curves, in sentences made from the numbers."""

from dataclasses import dataclass

from core.config.proportion import Proportion
from core.formatting import interval, percent
from core.models.paired_test import paired

LEVEL = 0.05


@dataclass(frozen=True)
class Beside:
    """An attack and whether each of the first images of the sample is still read correctly after it."""

    title: str
    right: list[bool]


def strongest(tried: dict[str, list[Beside]], epsilon: float) -> str:
    """For each network the strongest attack tried, what all leave together, and what the black box adds.

    tried: by network the attack along the gradient first, then black boxes. Nothing before all are measured
    on as many images.
    """
    return " ".join(
        _one(name, attacks, epsilon)
        for name, attacks in tried.items()
        if len(attacks) > 1
        and attacks[0].right
        and len({len(attack.right) for attack in attacks}) == 1
        and any(attacks[0].right)  # where nothing is left a second attack has nothing to say
    )


def _one(name: str, attacks: list[Beside], epsilon: float) -> str:
    gradient, *boxes = attacks
    n = len(gradient.right)
    best = min(attacks, key=lambda attack: sum(attack.right))
    together = [all(image) for image in zip(*(attack.right for attack in attacks), strict=True)]
    low, high = Proportion(sum(together), n).interval
    words = (
        f"**{name} at ε = {epsilon:g}:** the strongest attack tried is {best.title}, which leaves "
        f"{percent(sum(best.right) / n)} of {n} images; all tried together leave "
        f"**{percent(sum(together) / n)}** (95% interval {interval(low, high)})."
    )
    for box in boxes:
        found = paired(gradient.right, box.right)
        words += (
            f" Without any gradient {box.title} takes {found.first_only} that {gradient.title} leaves; "
            f"the other way round {found.second_only}."
        )
        if found.first_only > found.second_only:
            words += (
                " **So part of this robustness is masked gradients.**"
                if found.p < LEVEL
                else " That is no more than chance explains."
            )
    return words
