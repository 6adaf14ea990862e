"""What a filter seems to win and what is left of it, in sentences that follow from the numbers."""

from core.formatting import percent, points, points_interval
from core.lessons.adversarial.input_filters import (
    READINGS,
    Gap,
    PerImageAccuracy,
    ThreatModel,
    gap,
    hidden,
    left_of,
    strongest,
)

WHOLE, BARE = "behind the filter", "without it"
Right = dict[str, dict[str, PerImageAccuracy]]  # side, way of attack: how often each image is still read correctly
THROUGH = ("fgsm", "pgd")
LEVEL = 0.05


def filters_verdict(right: Right, ways: dict[str, ThreatModel], *, random: bool = False) -> tuple[str, bool]:
    """The sentences, and whether gradients are masked: whether going around wins more than chance explains.

    More than the same attacks win without the filter, that is: an attack more always wins something. random:
    the filter draws numbers. Nothing until one way through and one way around are measured.
    """
    whole, bare = right[WHOLE], right[BARE]
    through = [name for name in THROUGH if name in whole]
    around = [name for name, way in ways.items() if way.around and name in whole]
    if not through or not around:
        return "", False
    seems = left_of(whole, through, random=random)
    is_left = left_of(whole, list(whole), random=random)
    without = left_of(bare, list(bare), random=random)
    extra = hidden(whole, bare, through, random=random)
    # Of several random numbers the smallest is chosen: it must be that much rarer (Bonferroni).
    masked = extra.mean > 0 and extra.p < LEVEL / (len(whole) if random else 1)
    if random:
        words = (
            f"Every attacked image is read {READINGS} times, and the mean counts. The strongest attack "
            f"through the filter leaves **{_share(seems)}**, the strongest of all "
            f"({ways[strongest(whole, list(whole))].title}) **{_share(is_left)}**. "
        )
    else:
        words = (
            f"Attacked through the filter, **{_share(seems)}** are still read correctly. Attacked around it "
            f"as well, **{_share(is_left)}** are. "
        )
    words += _hides(extra, gap(seems, is_left), masked)
    return words + _worth(gap(is_left, without), without) + _clean(whole, bare), masked


def _hides(extra: Gap, between: Gap, masked: bool) -> str:
    """What the ways around win beyond what they win without the filter."""
    if not any(between.values):
        return "Going around wins nothing more: the filter hides nothing from these attacks. "
    spare = between.mean - extra.mean
    also = f" ({points(spare)} more it wins without the filter as well)" if spare >= 0.005 else ""
    if masked:
        return (
            f"**The {points(extra.mean)} between are no robustness: the gradient was masked**"
            f"{also}, so the attack could not see where to go (Athalye, Carlini & Wagner 2018). "
        )
    return "That is no more than chance, or the same attacks without the filter, explain: it hides little. "


def _worth(gain: Gap, without: PerImageAccuracy) -> str:
    words = f"Without any filter the worst of the same attacks leaves {_share(without)}: "
    if gain.p >= LEVEL:
        return words + "against somebody who knows the filter it changes nothing that could be told from chance."
    if gain.mean > 0:
        return words + (
            f"so at this ε it truly wins {points(gain.mean)} (95% interval {points_interval(*gain.ci95)}), "
            f"as far as "
            "these attacks can tell."
        )
    return words + f"so it even costs {points(-gain.mean)}."


def _clean(whole: dict[str, PerImageAccuracy], bare: dict[str, PerImageAccuracy]) -> str:
    if "clean" not in whole or "clean" not in bare:
        return ""
    return f" Untouched images: {_share(whole['clean'])} with it, {_share(bare['clean'])} without."


def _share(marks: PerImageAccuracy) -> str:
    return f"{percent(sum(marks) / len(marks))} of {len(marks):,}"
