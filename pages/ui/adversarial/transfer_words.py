"""What a transfer matrix says, in sentences made from its numbers."""

from collections.abc import Sequence

from core.config.proportion import Proportion
from core.formatting import percent
from core.models.paired_test import Paired

Pair = tuple[str, str, Proportion]


def told(names: Sequence[str], counts: Sequence[Sequence[Proportion]], beside: Sequence[Sequence[Paired]]) -> list[str]:
    """Sentences on rows (made on each of `names`, then noise) by columns (tested on each of `names`).

    beside: the same rows but the last, each cell compared with noise on the same images.
    Which pair transfers most and least, how many pairs beat the noise, which network's images travel best.
    """
    pairs = [
        (made, tested, counts[row][column])
        for row, made in enumerate(names)
        for column, tested in enumerate(names)
        if row != column and counts[row][column].n
    ]
    if not pairs:
        return ["Transfer needs two networks at least."] if len(names) < 2 else []
    lines = [_extremes(pairs), _against_noise(names, beside)]
    if len(names) > 2:
        lines.append(_travelers(names, pairs))
    return [line for line in lines if line]


def _extremes(pairs: Sequence[Pair]) -> str:
    best = max(pairs, key=lambda pair: pair[2].share)
    least = min(pairs, key=lambda pair: pair[2].share)
    most = f"Most transfers from **{best[0]}** to **{best[1]}**: {_share(best[2])}"
    if len(pairs) == 1 or best[2].share == least[2].share:
        return f"{most}."
    words = f"{most}; least from **{least[0]}** to **{least[1]}**: {_share(least[2])}."
    if not least[2].below(best[2]):
        words += " Their 95% intervals overlap."
    return words


def _against_noise(names: Sequence[str], beside: Sequence[Sequence[Paired]]) -> str:
    """How many pairs fool clearly more than noise of the same size does to the same images."""
    known = [
        (f"{made} → {tested}", beside[row][column])
        for row, made in enumerate(names)
        for column, tested in enumerate(names)
        if row != column and beside[row][column].n
    ]
    if not known:
        return ""
    rest = [pair for pair, cell in known if cell.ci95[0] <= 0]
    if not rest:
        every = "Every pair fools" if len(known) > 1 else "This pair fools"
        return (
            f"{every} clearly more than random noise of the same size on the same images (95% interval of "
            "the difference above 0): the images transfer."
        )
    if len(rest) == len(known):
        return "No pair fools clearly more than random noise of the same size: here nothing transfers."
    few = ", ".join(rest[:4]) + (" and others" if len(rest) > 4 else "")
    return (
        f"{len(known) - len(rest)} of {len(known)} pairs fool clearly more than random noise of the same "
        f"size on the same images (95% interval of the difference above 0); not so {few}."
    )


def _travelers(names: Sequence[str], pairs: Sequence[Pair]) -> str:
    """Whose images fool the others most on average, and who is fooled most by the others' images."""
    out, into = {}, {}
    for name in names:
        gave = [cell.share for made, _, cell in pairs if made == name]
        took = [cell.share for _, tested, cell in pairs if tested == name]
        if len(gave) < len(names) - 1 or len(took) < len(names) - 1:
            return ""  # not measured yet
        out[name], into[name] = sum(gave) / len(gave), sum(took) / len(took)
    giver, hard = max(out, key=lambda name: out[name]), min(into, key=lambda name: into[name])
    soft = max(into, key=lambda name: into[name])
    return (
        f"On average over the others, images made on **{giver}** travel best ({percent(out[giver], 0)} fool "
        f"them); **{soft}** is fooled most by the others' images ({percent(into[soft], 0)}), **{hard}** "
        f"least ({percent(into[hard], 0)})."
    )


def _share(cell: Proportion) -> str:
    return f"{percent(cell.share, 0)} of {cell.n:,} images"
