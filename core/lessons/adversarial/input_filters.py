"""Attacks on a network behind an input filter, and how much of its robustness is gradient masking.

An attack through a filter asks the whole for its gradient. If the filter hides it, the attack must go around:
made on the bare network and shown to the filtered one, made as if the filter did nothing backwards, or made
from outputs alone. The strongest of all counts (Athalye, Carlini & Wagner 2018).

Each image has an accuracy of its own: the share of its predictions that were right, 0 or 1 where there is one.
A network that answers at random must be asked several times: else the unluckiest answer counts as an attack.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.filters.config import NO_FILTER, FilterConfig
from core.lessons.adversarial.sanity_evidence import black_boxes
from core.lessons.adversarial.tasks import AttackTask, Batch, MadeOn
from core.models.paired_test import sign_test_p_value

PerImageAccuracy = tuple[float, ...]
READINGS = 5  # predictions of every attacked image behind a filter that draws numbers


@dataclass(frozen=True)
class ThreatModel:
    """title, idea: for people. attack: in ATTACKS, None for the images as they are. made_on: what the
    attacker sees: network and filter, the bare network, or both with a straight-through gradient. around:
    whether it does not depend on the filter's gradient."""

    title: str
    idea: str
    attack: str | None
    made_on: MadeOn = "whole"
    around: bool = False

    def task(self, network: str, filter: FilterConfig, epsilon: float, batch: Batch) -> AttackTask:
        """The attack on that network behind that filter; each image is classified often where the filter draws."""
        config = None if self.attack is None else AttackConfig(self.attack, epsilon)
        readings = READINGS if filter.random else 1
        return AttackTask(network, config, batch, network, filter, self.made_on, readings)

    def bare_task(self, network: str, epsilon: float, batch: Batch) -> AttackTask:
        """The same attack without the filter: there is nothing to go around, so every way is the attack itself."""
        return replace(self, made_on="whole").task(network, NO_FILTER, epsilon, batch)


def threat_models() -> dict[str, ThreatModel]:
    """All by name, from harmless to strong; black boxes as far as ATTACKS has them."""
    found = {
        "clean": ThreatModel("clean", "Clean images.", None),
        "noise": ThreatModel("random noise", "The control: ±ε in each pixel at random.", "noise"),
        "fgsm": ThreatModel("FGSM through the filter", "One step along the gradient of filter and network.", "fgsm"),
        "pgd": ThreatModel("PGD through the filter", "Many steps along the gradient of filter and network.", "pgd"),
        "bare": ThreatModel(
            "PGD on the bare network (transfer)",
            "Made on the bare network, tested with the filter.",
            "pgd",
            "bare",
            True,
        ),
        "straight": ThreatModel(
            "PGD, straight-through gradient (BPDA)",
            "Forward through the filter, backward as if it were the identity.",
            "pgd",
            "straight-through",
            True,
        ),
    }
    return found | {
        name: ThreatModel(
            f"{ATTACKS[name].title} (black box)", "Needs only outputs, never a gradient.", name, "whole", True
        )
        for name in black_boxes()
    }


@dataclass(frozen=True)
class Gap:
    """Accuracies of the same images in two states, first minus second, one number an image, −1…1."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The difference of the two accuracies, a fraction."""
        return sum(self.values) / len(self.values) if self.values else 0.0

    @property
    def ci95(self) -> tuple[float, float]:
        """95% interval of the mean: normal, half an image added to each side (as Agresti & Min 2005)."""
        n = len(self.values) + 2
        middle = sum(self.values) / n
        squares = sum(value * value for value in self.values) + 1
        reach = 1.96 * max(0.0, squares / n - middle * middle) ** 0.5 / n**0.5
        return max(-1.0, middle - reach), min(1.0, middle + reach)

    @property
    def p(self) -> float:
        """How often chance alone puts as many images on one side, either one (sign test)."""
        sides = sum(value > 0 for value in self.values), sum(value < 0 for value in self.values)
        return min(1.0, 2 * sign_test_p_value(max(sides), min(sides)))


def gap(first: Sequence[float], second: Sequence[float]) -> Gap:
    """From the accuracies of the same images in the same order."""
    return Gap(tuple(a - b for a, b in zip(first, second, strict=True)))


def left_of(accuracies: dict[str, PerImageAccuracy], names: Sequence[str], *, random: bool) -> PerImageAccuracy:
    """What several attacks leave together: an image that one of them wins is lost.

    random: the network answers at random; then it is what the strongest single attack leaves, since an image
    that is classified anew after each attack is misclassified once by luck alone.
    """
    if random:
        return accuracies[strongest(accuracies, names)]
    return tuple(min(image) for image in zip(*(accuracies[name] for name in names), strict=True))


def strongest(accuracies: dict[str, PerImageAccuracy], names: Sequence[str]) -> str:
    """The attack that leaves the fewest; the first of equal ones."""
    return min(names, key=lambda name: sum(accuracies[name]))


def hidden(
    whole: dict[str, PerImageAccuracy], bare: dict[str, PerImageAccuracy], through: Sequence[str], *, random: bool
) -> Gap:
    """What the attacks that are not in `through` win besides, less what they win without the filter.

    More attacks win more on any network; only what they win beyond that was hidden by the filter. whole,
    bare: the accuracies after the same attacks, behind the filter and without it.
    """
    extra = [
        gap(left_of(side, through, random=random), left_of(side, list(side), random=random)).values
        for side in (whole, bare)
    ]
    return gap(*extra)
