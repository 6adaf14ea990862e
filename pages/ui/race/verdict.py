"""Who leads a race, said from its numbers and with what they cannot say."""

from collections.abc import Sequence

from core.formatting import duration, percent, points
from core.lessons.race.standings import Standing
from pages.ui.race.standing_cards import seeds_counted


def verdict(table: Sequence[Standing], target: int, seeds: int, active: bool, nearer: str = "") -> str:
    """The race in two or three sentences; "" before anything was measured.

    nearer: what `fastest` says of a lower target, to be told where nobody reached this one.
    """
    known = sorted(((s.validation.mean, s) for s in table if s.validation is not None), key=lambda pair: -pair[0])
    words = []
    if known:
        words.append(_leader([s for _, s in known], seeds, active))
        words.append(fastest(table, target, active))
        if not active and not any(s.reached.seeds for s in table):
            words.append(nearer)
    words.append(_diverged(table))
    if known and not active and len(table) > 1:
        words.append(
            "Each lane ran at the rate it is set to, and that decides much: a default suits one optimizer "
            "and not another. *Each at its own best rate*, below, tries the rates."
        )
    return " ".join(filter(None, words))


def _diverged(table: Sequence[Standing]) -> str:
    """Who diverged, with how many of the seeds, and whether anybody did not; "" where nobody did."""
    fallen = [s for s in table if s.diverged]
    if not fallen:
        return ""
    names = ", ".join(
        s.lane if s.diverged == s.begun else f"{s.lane} ({s.diverged} of {s.begun} seeds)" for s in fallen
    )
    if len(fallen) < len(table):
        one = "other" if len(table) - len(fallen) == 1 else "others"
        return f"Diverged, while the {one} went on: {names}."
    if len(table) > 1 and all(s.diverged == s.begun for s in fallen):
        return f"Every lane diverged: {names}."
    return f"Diverged: {names}."


def _leader(order: list[Standing], seeds: int, active: bool) -> str:
    first = order[0]
    assert first.validation is not None
    best = first.validation
    part = f" ({seeds_counted(best, first.of)})" if best.seeds < first.of else ""
    if len(order) == 1:
        return f"**{first.lane}** reads {percent(best.mean, 2)} of the validation images right{part}."
    second = order[1]
    assert second.validation is not None
    lead = best.mean - second.validation.mean
    if lead == 0:
        return (
            f"**{first.lane}** and **{second.lane}** are level at {percent(best.mean, 2)} of the validation "
            f"images{part}."
        )
    text = (
        f"By validation accuracy **{first.lane}** {'leads' if active else 'won'} with "
        f"{percent(best.mean, 2)}{part}, {points(lead)} before {second.lane}."
    )
    if active:
        return text
    if seeds == 1 or min(best.seeds, second.validation.seeds) < 2:
        return f"{text} One seed cannot tell a difference from luck: run more of them."
    if best.low > second.validation.high:
        return f"{text} Every seed of {first.lane} beats every seed of {second.lane}."
    return f"{text} The seeds of the two overlap, so that order may be luck."


def fastest(table: Sequence[Standing], target: int, active: bool) -> str:
    """Who came to the target first, by steps and by seconds."""
    there = [s for s in table if s.reached.seeds and s.reached.seeds == s.reached.of]
    if not there:
        some = any(s.reached.seeds for s in table)
        if some:
            return f"No lane reached {target}% with every seed."
        return f"Nobody has reached {target}% yet." if active else f"Nobody reached {target}%."
    steps = min(s.reached.steps or 0.0 for s in there)
    seconds = min(s.reached.seconds or 0.0 for s in there)
    by_steps = [s.lane for s in there if s.reached.steps == steps]  # measured now and then: ties happen
    by_time = [s.lane for s in there if s.reached.seconds == seconds]
    if by_steps == by_time:
        both = f"by steps ({steps:,.0f}) and by seconds ({duration(seconds)})"
        return f"{target}% came first to {_bold(by_steps)}, {both}."
    return (
        f"{target}% came first to {_bold(by_steps)} by steps ({steps:,.0f}), to {_bold(by_time)} by seconds "
        f"({duration(seconds)})."
    )


def _bold(names: list[str]) -> str:
    return " and ".join(f"**{name}**" for name in names)
