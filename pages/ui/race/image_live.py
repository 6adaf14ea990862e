"""The race on an image as it goes: progress, curves, and the image of each optimizer."""

import time
from collections.abc import Mapping
from math import isfinite

import streamlit as st

from core.charts.palette import optimizer_color
from core.config.optimizers import OPTIMIZERS
from core.formatting import count, duration, number, percent, probability
from core.lessons.race.charts.image_race import FLOOR, image_race_figure, photo, rates_figure, signed_picture
from core.lessons.race.imagenet.best_rate import RateSweep
from core.lessons.race.imagenet.race import MUCH, Lane, Moment, Race, claim_holds
from core.models.threads import one_thread
from core.recipes.texts import RECIPES
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.chart import chart
from pages.ui.race.image_race_session import SLICE, Contest

STRENGTHS = (1, 2, 5, 10, 20, 50, 100)
SIDE = 224


def live(contest: Contest) -> None:
    """Draw the race and, while it runs, advance it; this part of the page reruns alone."""
    ticking = contest.running

    # While it works the next tick waits, so there is always one: the part is drawn whole, again and again.
    @st.fragment(run_every=0.25 if ticking else None)
    @one_thread()
    def body() -> None:
        with error_boundary():
            started = time.monotonic()
            try:
                _draw(contest)
            except Exception:  # what cannot be drawn need not be computed either
                contest.go_on(False)
                raise
            if contest.running:
                contest.work(max(SLICE, 1.5 * (time.monotonic() - started)))
        if ticking and not contest.running:
            st.rerun()  # the whole page once: it ticks no more, and the controls open

    body()


def _draw(contest: Contest) -> None:
    _progress(contest)
    if contest.problem is not None:
        st.error(f"The race failed. {contest.problem}", icon=":material/error:")
    if not contest.shared.done:
        return
    shown, advanced = st.container(), st.expander("Advanced", icon=":material/tune:")
    with advanced:
        log = st.toggle("Log scale", True, key="race_image_log", bind="query-params", help="Shows small losses apart.")
        strength = st.select_slider(
            "Perturbation magnified × k",
            STRENGTHS,
            10,
            key="race_image_k",
            bind="query-params",
            format_func=lambda k: f"× {k}",
            help="The perturbation, averaged over the colors: orange is brighter, blue darker, pale is 0. At × 10 the "
            "full colors are ± 0.1 (pixels run from 0 to 1).",
        )
    with shown:
        _curves_and_images(contest, log, int(strength))


def _curves_and_images(contest: Contest, log: bool, strength: int) -> None:
    best = contest.best if contest.best is not None and contest.best.done else None
    top = max(lane.moments[0].loss for lane in contest.shared.lanes.values() if lane.moments) * 1.1
    columns = st.columns(2, gap="medium") if best is not None else [st.container()]
    with columns[0]:
        st.markdown(f"**Shared learning rate**, {contest.settings.lr:g}")
        _curves(contest.shared, log, top, "race_image_shared")
    if best is not None:
        with columns[1]:
            st.markdown("**Tuned learning rates**")
            _curves(best, log, top, "race_image_best")
    if contest.sweep is not None and contest.sweep.tried:
        _rates(contest)
    _lanes(contest, best or contest.shared, strength)
    _standings(contest, best)


def _progress(contest: Contest) -> None:
    stage = contest.stage
    what = "Race"
    if contest.sweep is not None:
        what = "Race with tuned learning rates" if contest.best is not None else "Tuning the learning rates"
    share = stage.done / max(1, stage.total)
    if contest.running:
        left = contest.left
        time_left = "" if left is None else f" · about {duration(left)} left" if left >= 1 else " · almost done"
        st.progress(min(1.0, share), f"{what}: {percent(share, 0)}{time_left}")
    elif not contest.finished:
        st.progress(min(1.0, share), f"{what} paused at {percent(share, 0)}.")


def _curves(race: Race, log: bool, top: float, key: str) -> None:
    lanes = {name: lane for name, lane in race.lanes.items() if lane.moments}
    titles = {name: title(name) for name in lanes}
    chart(
        image_race_figure(
            {titles[name]: [moment.loss for moment in lane.moments] for name, lane in lanes.items()},
            {titles[name]: optimizer_color(name) for name in lanes},
            race.iterations,
            log=log,
            top=top,
            reached={titles[n]: lane.reached.iteration for n, lane in lanes.items() if lane.reached},
        ),
        key,
        alt=_order("Cross-entropy of the target class", race),
    )
    spent = " · ".join(f"{titles[n]} L2 {number(lane.last.l2)}" for n, lane in lanes.items())
    floor = any(moment.loss < FLOOR for lane in lanes.values() for moment in lane.moments)
    less = f" Losses below {number(FLOOR)} are drawn there." if log and floor else ""
    st.caption(f"Perturbation so far: {spent}. Diamond: the classifier predicts the target class.{less}")


def _rates(contest: Contest) -> None:
    sweep = contest.sweep
    assert sweep is not None
    with st.expander("Learning rates tried", icon=":material/tune:", expanded=contest.best is None):
        points = {
            title(name): {t.rate: (t.loss, t.l2) for t in sweep.tried if t.optimizer == name}
            for name in sweep.optimizers
        }
        colors = {title(name): optimizer_color(name) for name in sweep.optimizers}
        rates = (sweep.rates[0], sweep.rates[-1])
        said = "Loss against learning rate for each optimizer."
        chart(rates_figure(points, colors, rates, shared=contest.settings.lr), "race_image_rates", alt=said)
        st.caption(
            f"Loss after {sweep.iterations} iterations. Star: the best of each optimizer. Dotted: the shared learning "
            "rate."
        )
        st.markdown(tried(sweep))


def _lanes(contest: Contest, race: Race, strength: int) -> None:
    lanes = [(name, lane) for name, lane in race.lanes.items() if lane.moments]
    for start in range(0, len(lanes), 3):
        row = lanes[start : start + 3]
        for column, (name, lane) in zip(st.columns(3, gap="medium"), row, strict=False):
            with column:
                _lane(contest, name, lane, strength)


def _lane(contest: Contest, name: str, lane: Lane, strength: int) -> None:
    pixels, change = contest.shown(lane)
    color = optimizer_color(name)
    st.markdown(f':color[**{title(name)}**]{{foreground="{color}"}}')
    st.caption(f"learning rate {lane.config['lr']:g} · iteration {lane.last.iteration}")
    with st.container(horizontal=True, gap="small"):
        st.image(photo(pixels.numpy(), size=SIDE), width=150, alt=f"The image as {title(name)} changed it")
        st.image(
            signed_picture(change.numpy(), strength, size=SIDE),
            width=150,
            alt=f"The perturbation of {title(name)}, times {strength}",
        )
    if lane.diverged:
        st.caption("Loss became NaN (diverged).")
        return
    last, wanted = lane.last, contest.settings.wanted
    lines = [
        f"{'**' if label == wanted else ''}{label} {probability(chance)}{'**' if label == wanted else ''}"
        for label, chance in last.top
    ]
    if all(label != wanted for label, _ in last.top):
        lines.append(f"… **{wanted} {probability(last.probability)}**")
    st.markdown("  \n".join(lines))
    st.caption(f"L2 {number(last.l2)} · L∞ {number(last.linf)}")


def _standings(contest: Contest, best: Race | None) -> None:
    wanted, tables = contest.settings.wanted, {}
    for heading, race in (("Shared learning rate", contest.shared), ("Tuned learning rates", best)):
        if race is None or not all(lane.moments for lane in race.lanes.values()):
            continue
        if best is not None:
            st.markdown(f"**{heading}**")
        st.markdown(who_is_first(race, wanted))
        tables[heading] = standings(race)
    with st.expander("Details: losses and norms", icon=":material/table_rows:"):
        for heading, table in tables.items():
            st.markdown(f"**{heading}**")
            st.dataframe(table, hide_index=True, width="stretch")
        st.caption(
            "L2 and L∞ norms of the perturbation; pixels run from 0 to 1 (L∞ 0.01 is 2.6 of 255 gray levels). Invalid: "
            "the share of values outside that range."
        )
        if best is not None and best.finished and contest.shared.finished:
            st.markdown(compared(contest.shared, best))
    if contest.shared.finished:
        with st.expander("Book chapter (Optimizers): its claim", icon=":material/menu_book:"):
            st.markdown(claim(contest.shared))


# What the numbers of a race on an image say, in sentences made from them.


CLAIM = RECIPES["optimizer-race-image"].claim


def title(name: str) -> str:
    """An optimizer's name for people."""
    return OPTIMIZERS[name].title


def standings(race: Race) -> dict[str, list[str]]:
    """A column for each optimizer, the lowest loss first, which need not be who reached the target first."""
    rows = ("learning rate", "loss (nats)", "p(target)", "target reached at", "L2 · L∞ then", "L2 · L∞ now", "invalid")
    table = {"": list(rows)}
    for place, (name, lane) in enumerate(sorted(race.lanes.items(), key=lambda pair: _rank(pair[1])), start=1):
        first, last = lane.reached, lane.last
        table[f"{place}. {title(name)}"] = [
            f"{lane.config['lr']:g}",
            number(last.loss),
            probability(last.probability) if isfinite(last.loss) else "–",
            f"iteration {first.iteration}" if first else "not yet",
            _size(first) if first else "–",
            _size(last),
            percent(last.outside),
        ]
    return table


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
        return f"No optimizer has made the classifier predict **{wanted}** yet."
    soonest = min(moment.iteration for moment in there.values())
    if soonest == 0:
        return f"The classifier predicts **{wanted}** already: choose another target class."
    first = [name for name, moment in there.items() if moment.iteration == soonest]
    cheapest = min(there, key=lambda name: there[name].l2)
    names = " and ".join(filter(None, (", ".join(map(_bold, first[:-1])), _bold(first[-1]))))
    price = there[first[0]]
    words = f"{names} reached **{wanted}** first, after {count(soonest, 'iteration')}"
    words += f", at L2 {number(price.l2)} and L∞ {number(price.linf)}." if len(first) == 1 else "."
    if cheapest not in first:
        own = there[cheapest]
        words += f" **{title(cheapest)}** needed the smallest perturbation, L2 {number(own.l2)}, in "
        words += f"{count(own.iteration, 'iteration')}."
    lowest = min(race.lanes, key=lambda name: _rank(race.lanes[name]))
    if lowest not in first:
        words += f" The lowest loss is that of **{title(lowest)}**, {number(race.lanes[lowest].last.loss)} nats."
    late = [title(name) for name, moment in reached.items() if moment is None]
    if late:
        words += f" Not reached: {', '.join(late)}."
    return words


def claim(race: Race) -> str:
    """The book chapter's claim beside what this race measured so far."""
    losses = {name: lane.last.loss for name, lane in race.lanes.items()}
    holds = claim_holds(losses)
    if holds is None:
        return f"Claim: “{CLAIM}”. To test it, race SGD, RMSprop and Adam."
    worst = max(losses["rmsprop"], losses["adam"])
    measured = (
        f"after {race.lanes['sgd'].last.iteration} iterations SGD is at {number(losses['sgd'])}, RMSprop "
        f"at {number(losses['rmsprop'])}, Adam at {number(losses['adam'])}"
    )
    if holds:
        verdict = "so here it holds" + (
            f" (the slower of the two is at 1/{losses['sgd'] / worst:,.0f} of SGD's loss)." if worst > 0 else "."
        )
    else:
        verdict = f"so here it does not hold (both would have to be at {percent(MUCH, 0)} of SGD's loss or less)."
    return f"Claim: “{CLAIM}”. Measured: {measured}; {verdict}"


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
        f"Learning rates {rates}, {sweep.iterations} iterations each from the clean image.{so_far} Lowest loss: "
        f"{said}. What is best after {sweep.iterations} iterations need not be best in a longer race."
    )


def compared(shared: Race, best: Race) -> str:
    """How the order and the prices change when each runs at its own rate."""
    return _order("Shared learning rate", shared) + " " + _order("Tuned", best) + _price(shared, best)


def _order(where: str, race: Race) -> str:
    lanes = sorted((pair for pair in race.lanes.items() if pair[1].moments), key=lambda pair: _rank(pair[1]))
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
        words = f" The perturbation of {title(name)} grew from L2 {number(before)} to {number(after)}."
    else:
        words = f" The largest perturbation is that of {title(name)}, L2 {number(after)} (before: {number(before)})."
    if outside > 0.01:
        words += f" {percent(outside, 0)} of its values are not valid pixels."
    return words
