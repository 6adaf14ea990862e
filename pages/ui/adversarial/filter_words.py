"""What a filter seems to win and what is left of it, in sentences that follow from the numbers."""

from core.defences.ways import Way
from core.paired import Paired, paired

WHOLE, BARE = "behind the filter", "without it"
Right = dict[
    str, dict[str, tuple[bool, ...]]
]  # side, way of attack: whether each image is still read correctly
THROUGH = ("fgsm", "pgd")


def filters_verdict(right: Right, ways: dict[str, Way]) -> tuple[str, bool]:
    """The sentences, and whether gradients are masked: whether going around wins more than chance explains.

    Nothing until one way through and one way around are measured.
    """
    whole, bare = right[WHOLE], right[BARE]
    through = [name for name in THROUGH if name in whole]
    around = [name for name, way in ways.items() if way.around and name in whole]
    if not through or not around:
        return "", False
    seems, is_left, without = (
        _survive(whole, through), _survive(whole, list(whole)), _survive(bare, list(bare)),
    )  # fmt: skip
    hidden = paired(seems, is_left)
    masked = hidden.p < 0.05
    words = (
        f"Attacked through the filter, **{_share(seems)}** are still read correctly. Attacked around it as "
        f"well, **{_share(is_left)}** are. "
    )
    words += (
        f"**The {100 * hidden.difference:.0f} points between are no robustness: the gradient was masked**, "
        "so the attack could not see where to go (Athalye, Carlini & Wagner 2018). "
        if masked
        else "Here that is no more than chance explains: the filter hides little. "
    )
    return words + _worth(paired(is_left, without), without) + _clean(whole, bare), masked


def _worth(gain: Paired, without: tuple[bool, ...]) -> str:
    low, high = (100 * end for end in gain.ci95)
    points = 100 * gain.difference
    words = f"Without any filter the worst of the same attacks leaves {_share(without)}: "
    if gain.p >= 0.05:
        return (
            words + "against somebody who knows the filter it changes nothing that could be told from chance."
        )
    if points > 0:
        return words + (
            f"so at this ε it truly wins {points:.0f} points (95 %: {low:.0f} to {high:.0f}), as far as "
            "these attacks can tell."
        )
    return words + f"so it even costs {-points:.0f} points."


def _clean(whole: dict[str, tuple[bool, ...]], bare: dict[str, tuple[bool, ...]]) -> str:
    if "clean" not in whole or "clean" not in bare:
        return ""
    return f" Untouched images: {_share(whole['clean'])} with it, {_share(bare['clean'])} without."


def _survive(marks: dict[str, tuple[bool, ...]], names: list[str]) -> tuple[bool, ...]:
    """Whether each image is read correctly after every one of these attacks."""
    return tuple(all(image) for image in zip(*(marks[name] for name in names), strict=True))


def _share(marks: tuple[bool, ...]) -> str:
    return f"{sum(marks) / len(marks):.0%}"
