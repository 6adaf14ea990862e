"""What the curves say, in sentences made from their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.config.proportion import Proportion
from core.formatting import count, percent
from core.lessons.adversarial.robust_accuracy import half_lost


@dataclass(frozen=True, eq=False)
class Measured:
    """One network under one attack.

    single: it makes one step only. epsilons: ascending from 0. left: what is read at each. back: how many
    images at each are read again that a smaller budget had taken.
    """

    network: str
    attack: str
    control: bool
    single: bool
    epsilons: Sequence[float]
    left: Sequence[Proportion]
    back: Sequence[int]


def told(curves: Sequence[Measured], worst: bool) -> list[str]:
    """A sentence a network; which attacks do no better than noise; whether any image came back."""
    lines = [_network(name, [c for c in curves if c.network == name and c.left]) for name in _networks(curves)]
    lines += _weak(curves)
    back = _came_back(curves, worst)
    return [line for line in [*lines, back] if line]


def _networks(curves: Sequence[Measured]) -> list[str]:
    return list(dict.fromkeys(curve.network for curve in curves))


def _network(name: str, curves: Sequence[Measured]) -> str:
    """Where half of the images are lost, attack by attack; what noise of the largest size leaves."""
    if not curves:
        return ""
    untouched = curves[0].left[0]
    parts = []
    for curve in curves:
        if len(curve.left) < 2:
            continue
        at, end = curve.epsilons[len(curve.left) - 1], curve.left[-1]
        half = half_lost(curve.epsilons, curve.left)
        leaves = f"{curve.attack} leaves {percent(end.share)} at ε = {at:g}"
        if curve.control or half is None or half[0] == half[1]:
            parts.append(leaves)
        else:
            parts.append(f"{leaves}, less than half from between ε = {half[0]:g} and {half[1]:g} on")
    rest = "; ".join(parts)
    return f"**{name}** reads {percent(untouched.share)} of {untouched.n:,} untouched images" + (
        f". Of the same {untouched.n:,}, {rest}." if rest else "."
    )


def _weak(curves: Sequence[Measured]) -> list[str]:
    """Attacks that nowhere do better than the control: they found nothing."""
    lines = []
    for curve in curves:
        noise = next((c for c in curves if c.control and c.network == curve.network), None)
        if curve.control or noise is None:
            continue
        pairs = list(zip(curve.left[1:], noise.left[1:], strict=False))
        if pairs and not any(ours.below(theirs) for ours, theirs in pairs):
            lines.append(
                f"On **{curve.network}**, {curve.attack} is nowhere clearly stronger than random noise (the "
                "intervals overlap): either the network withstands it, or it found nothing to follow."
            )
    return lines


def _came_back(curves: Sequence[Measured], worst: bool) -> str:
    """A larger ε that gives back images which a smaller one took, where the numbers show it."""
    found = [
        (back, curve, curve.epsilons[index])
        for curve in curves
        for index, back in enumerate(curve.back)
        if back and not curve.control
    ]
    if not found:
        return ""
    back, curve, epsilon = max(found, key=lambda entry: entry[0])
    images = count(back, "image")
    verb = "is" if back == 1 else "are"
    counted = (
        "here they stay lost"
        if worst
        else "an attacker may spend less, so the worst case up to ε counts them as lost (switch above)"
    )
    why = (
        "A single step follows the gradient at its start, which need not point anywhere useful that far away"
        if curve.single
        else "Each ε is a search of its own, and none is perfect"
    )
    return (
        f"More is not always worse: of the images that {curve.attack} took from {curve.network} at a smaller "
        f"ε, {images} {verb} read rightly again at ε = {epsilon:g}. {why}; {counted}."
    )
