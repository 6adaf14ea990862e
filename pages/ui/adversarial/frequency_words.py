"""Whether the high-frequency explanation holds, in sentences that follow from the numbers."""

from collections.abc import Mapping

from core.formatting import percent, points
from core.lessons.adversarial.frequency_split import Part, PartScore


def about_spectra(above: Mapping[str, float], cutoff: int) -> str:
    """above: share of the energy above the cut-off, in [0, 1], of "image", "gradient", "sign of the gradient"
    and "white noise"."""
    gradient, sign = above["gradient"], above["sign of the gradient"]
    words = (
        f"Above {cutoff} waves lies **{percent(gradient, 0)}** of the gradient's energy and "
        f"**{percent(sign, 0)}** of its sign's (the images' own: {percent(above['image'], 0)}; white noise: "
        f"{percent(above['white noise'], 0)}). "
    )
    if sign <= gradient:
        return f"{words}Here taking the sign adds no high frequencies: they come from the network."
    if sign - gradient > gradient:
        return (
            f"{words}So more than half of what is fast in the perturbation was not in the gradient: "
            "**taking the sign puts it there**, because a sign jumps from −1 to 1 with nothing between. It "
            "says little about the network."
        )
    return (
        f"{words}So most of what is fast in this perturbation is in the network's gradient already; taking "
        "the sign adds the rest."
    )


def about_parts(found: Mapping[Part, PartScore], length: float, clean: float) -> str:
    """Which part does the damage at one L2, judged by 95% intervals; clean: accuracy without any change."""
    low, high, whole, random = (found[part] for part in ("low", "high", "whole", "random"))
    words = (
        f"At L2 = {length:g}, of {percent(clean)} read correctly the low-pass part leaves "
        f"**{percent(low.accuracy)}**, the high-pass part **{percent(high.accuracy)}**, the whole "
        f"{percent(whole.accuracy)}, random signs {percent(random.accuracy)}. "
    )
    if length == 0:
        return "At L2 = 0 nothing changes. Choose a longer change."
    slow, fast = (clean - part.accuracy for part in (low, high))
    where = "For this network, this cut-off and this length"
    if low.ci95[1] < high.ci95[0]:
        return (
            f"{words}**The slow part does the damage**: it costs {points(slow)}, the fast part "
            f"{points(fast)}. {where} the claim does not hold.{_like_chance(high, random)}"
        )
    if high.ci95[1] < low.ci95[0]:
        return (
            f"{words}**The fast part does more damage**: it costs {points(fast)}, the slow part "
            f"{points(slow)}. {where} the claim holds."
        )
    return f"{words}The 95% intervals of the two parts overlap: **undecided** here."


def about_border(pairs: Mapping[int, tuple[PartScore, PartScore]]) -> str:
    """Where the border would have to be drawn for either part to do more damage; cut-off → (low, high)."""
    slow = [border for border, (low, high) in pairs.items() if low.ci95[1] < high.ci95[0]]
    fast = [border for border, (low, high) in pairs.items() if high.ci95[1] < low.ci95[0]]
    if not fast and not slow:
        return "Wherever the border is drawn, the 95% intervals of the two parts overlap."
    told = [f"**up to {max(fast)} waves** the fast part does more damage"] if fast else []
    told += [f"**from {min(slow)} waves** on the slow part does"] if slow else []
    between = len(pairs) - len(fast) - len(slow)
    return (
        f"It depends on where high frequencies begin: with the border {', '.join(told)}"
        + (f"; at {between} of the {len(pairs)} borders the intervals overlap" if between else "")
        + "."
        + (" So the harmful frequencies lie around the crossing." if fast and slow else "")
    )


def _like_chance(high: PartScore, random: PartScore) -> str:
    if high.ci95[1] < random.ci95[0]:
        return " The fast part is no mere noise, though: random signs of that length hurt less."
    if high.ci95[0] > random.ci95[1]:
        return " The fast part even hurts less than random signs of that length."
    return " The fast part hurts no more than random signs of that length, as far as these images can tell."


def about_clipping(found: Mapping[Part, PartScore], after_clipping: bool) -> str:
    """What clipping to [0, 1] does to lengths and frequencies."""
    low, high = found["low"], found["high"]
    lengths = (
        "All changes are lengthened until their L2 is right after clipping to [0, 1]"
        if after_clipping
        else f"L2 is measured before clipping to [0, 1]; after it, {low.length:.2f} are left of the low-pass "
        f"part on average and {high.length:.2f} of the high-pass part"
    )
    return (
        f"{lengths}. Clipping also blurs the border: of what is left of the low-pass part "
        f"{percent(low.strayed, 0)} of the energy is above the cut-off, and of the high-pass part "
        f"{percent(high.strayed, 0)} below it."
    )
