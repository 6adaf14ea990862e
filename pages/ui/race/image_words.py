"""What the numbers of a race on an image say, in sentences made from them."""

from collections.abc import Mapping
from math import isfinite

from core.formatting import article, count, number, percent, probability
from core.lessons.race.imagenet.best_rate import RateSweep
from core.lessons.race.imagenet.race import Lane, Moment, Race
from core.lessons.race.imagenet.verdict import MUCH, claim_holds
from core.recipes.texts import RECIPES
from core.training.optimizers import OPTIMIZERS

CLAIM = RECIPES["optimizer-race-image"].claim


def title(name: str) -> str:
    """An optimizer's name for people."""
    return OPTIMIZERS[name].title


def standings(race: Race) -> list[dict[str, object]]:
    """One row a lane, the lowest loss first, which need not be who reached the target first: for a table."""
    lanes = sorted(race.lanes.items(), key=lambda pair: _rank(pair[1]))
    rows = []
    for place, (name, lane) in enumerate(lanes, start=1):
        first, last = lane.reached, lane.last
        rows.append(
            {
                "rank by loss": place,
                "optimizer": title(name),
                "rate": f"{lane.config['lr']:g}",
                "loss (nats)": number(last.loss),
                "target": probability(last.probability) if isfinite(last.loss) else "–",
                "reached at step": str(first.iteration) if first else "not yet",
                "L2 · L∞ then": _size(first) if first else "–",
                "L2 · L∞ now": _size(last),
                "invalid": percent(last.outside),
            }
        )
    return rows


def _bold(name: str) -> str:
    return f"**{title(name)}**"


def _size(moment: Moment) -> str:
    return f"{number(moment.l2)} · {number(moment.linf)}"


def _rank(lane: Lane) -> float:
    return lane.last.loss if isfinite(lane.last.loss) else float("inf")


def who_is_first(race: Race, wanted: str) -> str:
    """Who reached the target first, when and at what price; who has not; and whose loss is lowest, if that
    is another."""
    reached = {name: lane.reached for name, lane in race.lanes.items()}
    there = {name: moment for name, moment in reached.items() if moment is not None}
    if not there:
        return f"Nobody has made it see {article(f'**{wanted}**')} yet."
    soonest = min(moment.iteration for moment in there.values())
    if soonest == 0:
        return f"It saw {article(f'**{wanted}**')} before the race began: choose another target."
    first = [name for name, moment in there.items() if moment.iteration == soonest]
    cheapest = min(there, key=lambda name: there[name].l2)
    names = " and ".join(filter(None, (", ".join(map(_bold, first[:-1])), _bold(first[-1]))))
    price = there[first[0]]
    words = f"{names} made it see {article(f'**{wanted}**')} first, after {count(soonest, 'iteration')}"
    words += f", at L2 {number(price.l2)} and L∞ {number(price.linf)}." if len(first) == 1 else "."
    if cheapest not in first:
        own = there[cheapest]
        words += f" **{title(cheapest)}** spent least: L2 {number(own.l2)}, {own.iteration} iterations."
    lowest = min(race.lanes, key=lambda name: _rank(race.lanes[name]))
    if lowest not in first:
        words += f" By loss **{title(lowest)}** leads, at {number(race.lanes[lowest].last.loss)} nats."
    late = [title(name) for name, moment in reached.items() if moment is None]
    if late:
        words += f" Not there: {', '.join(late)}."
    return words


def claim(race: Race) -> str:
    """The chapter's claim beside what this race measured so far."""
    losses = {name: lane.last.loss for name, lane in race.lanes.items()}
    holds = claim_holds(losses)
    if holds is None:
        return f"Claim of the chapter: “{CLAIM}”. To test it, let SGD, RMSprop and Adam race."
    worst = max(losses["rmsprop"], losses["adam"])
    measured = (
        f"after {race.lanes['sgd'].last.iteration} iterations SGD stands at {number(losses['sgd'])}, RMSprop "
        f"at {number(losses['rmsprop'])}, Adam at {number(losses['adam'])}"
    )
    if holds:
        verdict = "so here it holds" + (
            f" (the slower of the two is at 1/{losses['sgd'] / worst:,.0f} of SGD's loss)." if worst > 0 else "."
        )
    else:
        verdict = f"so here it does not hold (both would have to be at {percent(MUCH, 0)} of SGD's loss or less)."
    return f"Claim of the chapter: “{CLAIM}”. Measured: {measured}; {verdict}"


def tried(sweep: RateSweep) -> str:
    """What was tried and what came out best."""
    found = sweep.best()
    said = "; ".join(
        f"**{title(name)}** {best.rate:g} (loss {number(best.loss)}, L2 {number(best.l2)})"
        for name, best in found.items()
    )
    rates = ", ".join(f"{rate:g}" for rate in sweep.rates)
    so_far = "" if sweep.finished else f" So far {len(sweep.tried)} of {len(sweep.optimizers) * len(sweep.rates)}."
    return (
        f"Tried: rates {rates}, {sweep.iterations} iterations each from the untouched picture.{so_far} "
        f"Lowest loss: {said}. What is best after {sweep.iterations} iterations need not be best in a "
        "longer race."
    )


def compared(shared: Race, best: Race) -> str:
    """How the order and the prices change when each runs at its own rate."""
    return _order("At one rate", shared) + " " + _order("Each at its own", best) + _price(shared, best)


def _order(where: str, race: Race) -> str:
    lanes = sorted(race.lanes.items(), key=lambda pair: _rank(pair[1]))
    return f"{where}: " + ", ".join(f"{title(name)} {number(lane.last.loss)}" for name, lane in lanes) + "."


def _price(shared: Race, best: Race) -> str:
    spent: Mapping[str, tuple[float, float]] = {
        name: (lane.last.l2, best.lanes[name].last.l2)
        for name, lane in shared.lanes.items()
        if name in best.lanes and isfinite(lane.last.l2) and isfinite(best.lanes[name].last.l2)
    }
    if not spent:
        return ""
    name, (before, after) = max(spent.items(), key=lambda pair: pair[1][1])
    outside = best.lanes[name].last.outside
    if after > before:
        words = f" The loss counts, not the picture: {title(name)} now spends L2 {number(after)} instead of "
        words += f"{number(before)}."
    else:
        words = f" {title(name)} spends most now, L2 {number(after)}; at the one rate it spent "
        words += f"{number(before)}."
    if outside > 0.01:
        words += f" {percent(outside, 0)} of its values are no valid pixels any more."
    return words
