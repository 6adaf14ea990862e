"""What an attack on one image came to, as a headline and a sentence made from the numbers."""

from dataclasses import dataclass

from torch import Tensor

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.formatting import percent, probability


@dataclass(frozen=True, eq=False)
class Case:
    """One attack and its two readings.

    label: what the image shows. before, after: (10,) probabilities. size: how large the change came out, in
    the attack's norm.
    """

    config: AttackConfig
    label: int
    before: Tensor
    after: Tensor
    size: float

    @property
    def clean(self) -> int:
        """The digit read in the original."""
        return int(self.before.argmax())

    @property
    def read(self) -> int:
        """The digit read in the attacked image."""
        return int(self.after.argmax())


def verdict(case: Case) -> tuple[str, str]:
    """A headline of a few words, and what happened in a sentence or two."""
    entry, target = ATTACKS[case.config.name], case.config.target
    was, now = sure(case.before, case.clean), sure(case.after, case.read)
    if target is not None and target == case.label:
        return (
            "Nothing to win",
            f"This picture is {a(case.label)}, so reading it as {a(target)} is right. Choose another target.",
        )
    if case.clean != case.label:
        after = "also" if case.read == case.clean else "then"
        return (
            "Misread before any attack",
            f"This is {a(case.label)}, and the network reads {a(case.clean)} ({was} sure) in the "
            "untouched picture. There is nothing to fool. In the attacked one it "
            f"{after} reads {a(case.read)} ({now}).",
        )
    if case.size == 0:
        if case.config.budget == 0:
            why = "ε is 0: nothing may change."
        elif entry.bounded and entry.access != "gradients":
            why = f"{entry.title} found nothing that helps."
        elif entry.bounded:
            why = f"{entry.title} changed nothing: the gradient it follows may have rounded to 0."
        else:
            why = (
                f"{entry.title} found no change within ε = {case.config.budget:g} that does it, so the "
                "picture is as it was."
            )
        return "Unchanged", f"{why} It reads {a(case.read)} ({now} sure)."
    if target is not None:
        return _aimed(case, target, was, now)
    if case.read != case.label:
        return (
            f"Fooled: {a(case.label)} is read as {a(case.read)}",
            f"The network is {now} sure of the {case.read}; in the untouched picture it was {was} sure of "
            f"the {case.label}.{_doubt(case)}",
        )
    return (
        f"Not fooled: still {a(case.label)}",
        f"It is {now} sure of it; in the untouched picture it was {was} sure.{_direction(case)}",
    )


def a(digit: int, *, bold: bool = False) -> str:
    """A digit with its article: "a 4", "an 8"."""
    return f"{'an' if digit == 8 else 'a'} {f'**{digit}**' if bold else digit}"


def sure(probabilities: Tensor, digit: int) -> str:
    """The probability of that digit in words that do not round to certainty."""
    return probability(float(probabilities[digit]))


def _aimed(case: Case, target: int, was: str, now: str) -> tuple[str, str]:
    entry = f"In the untouched picture it was {was} sure of the {case.label}"
    if case.read == target:
        return (
            f"Fooled as aimed: {a(case.label)} is read as {a(target)}",
            f"The network is {now} sure of the {target}. {entry}.",
        )
    was_chance, chance = sure(case.before, target), sure(case.after, target)
    moved = f"stays at {chance}" if chance == was_chance else f"went from {was_chance} to {chance}"
    if case.read == case.label:
        return (
            f"Not fooled: still {a(case.label)}",
            f"The target was missed: the {target} {moved}. It is {now} sure of the {case.label}. {entry}.",
        )
    return (
        f"Misread as {a(case.read)}, but not as the {target}",
        f"The target was missed: the {target} {moved}. It is {now} sure of the {case.read}. {entry}.",
    )


def _doubt(case: Case) -> str:
    """A word on a narrow win."""
    rest = float(case.after[case.label])
    return f" The {case.label} keeps {percent(rest)}." if rest >= 0.1 else ""


def _direction(case: Case) -> str:
    """Whether the change did anything to its confidence, and which way."""
    moved = float(case.after[case.label] - case.before[case.label])
    if moved > 0.001:
        return " The attack made it surer."
    rival = int(case.after.argsort(descending=True)[1])
    chance = float(case.after[rival])
    return f" Next comes {a(rival)} with {probability(chance)}." if chance >= 0.01 else ""
