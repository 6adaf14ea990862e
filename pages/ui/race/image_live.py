"""The race on an image as it goes: progress, curves, and every lane's picture."""

import time

import streamlit as st

from core.charts.palette import OPTIMIZERS as COLORS
from core.formatting import duration, number, percent, probability
from core.lessons.race.charts.image_race import FLOOR, photo, race_figure, rates_figure, signed_picture
from core.lessons.race.imagenet.race import Lane, Race
from core.models.threads import one_thread
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.chart import chart
from pages.ui.race import image_words
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
        st.error(f"It stopped at a failure. {contest.problem}", icon=":material/error:")
    if not contest.shared.done:
        return
    switches = st.container(horizontal=True, gap="medium")
    with switches:
        log = st.toggle(
            "Logarithmic loss",
            True,
            key="race_image_log",
            bind="query-params",
            help="Shows how small the small losses are. Off: losses as they are.",
        )
    best = contest.best if contest.best is not None and contest.best.done else None
    top = max(lane.moments[0].loss for lane in contest.shared.lanes.values() if lane.moments) * 1.1
    columns = st.columns(2, gap="medium") if best is not None else [st.container()]
    with columns[0]:
        st.markdown(f"**All at rate {contest.settings.lr:g}**, as in the chapter")
        _curves(contest.shared, log, top, "race_image_shared")
    if best is not None:
        with columns[1]:
            st.markdown("**Each at its own best rate**")
            _curves(best, log, top, "race_image_best")
    if contest.sweep is not None and contest.sweep.tried:
        _rates(contest)
    _lanes(contest, best or contest.shared)
    _standings(contest, best)


def _progress(contest: Contest) -> None:
    stage = contest.stage
    what = "The race"
    if contest.sweep is not None:
        what = "The race at own rates" if contest.best is not None else "Looking for the best rates"
    share = stage.done / max(1, stage.total)
    if contest.running:
        left = contest.left
        time_left = "" if left is None else f" · about {duration(left)} left" if left >= 1 else " · nearly there"
        st.progress(min(1.0, share), f"{what}: {percent(share, 0)}{time_left}")
    elif not contest.finished:
        st.progress(min(1.0, share), f"{what} stands still at {percent(share, 0)}; go on whenever you like.")


def _curves(race: Race, log: bool, top: float, key: str) -> None:
    lanes = {name: lane for name, lane in race.lanes.items() if lane.moments}
    titles = {name: image_words.title(name) for name in lanes}
    chart(
        race_figure(
            {titles[name]: [moment.loss for moment in lane.moments] for name, lane in lanes.items()},
            {titles[name]: COLORS[name] for name in lanes},
            race.iterations,
            log=log,
            top=top,
            reached={titles[n]: lane.reached.iteration for n, lane in lanes.items() if lane.reached},
        ),
        key,
    )
    spent = " · ".join(f"{titles[n]} L2 {number(lane.last.l2)}" for n, lane in lanes.items())
    floor = any(moment.loss < FLOOR for lane in lanes.values() for moment in lane.moments)
    less = f" Losses below {FLOOR:g} are drawn at {FLOOR:g}." if log and floor else ""
    st.caption(f"Spent so far: {spent}. Diamond: the target is the likeliest class.{less}")


def _rates(contest: Contest) -> None:
    sweep = contest.sweep
    assert sweep is not None
    with st.expander("Which rates were tried?", icon=":material/tune:", expanded=contest.best is None):
        points = {
            image_words.title(name): {t.rate: (t.loss, t.l2) for t in sweep.tried if t.optimizer == name}
            for name in sweep.optimizers
        }
        colors = {image_words.title(name): COLORS[name] for name in sweep.optimizers}
        rates = (sweep.rates[0], sweep.rates[-1])
        chart(rates_figure(points, colors, rates, shared=contest.settings.lr), "race_image_rates")
        st.caption(
            f"Loss after {sweep.iterations} iterations. Star: the best of each. Dotted: the shared rate. "
            "Hover for the L2 spent."
        )
        st.markdown(image_words.tried(sweep))


def _lanes(contest: Contest, race: Race) -> None:
    strength = st.select_slider(
        "Perturbation shown × k",
        STRENGTHS,
        10,
        key="race_image_k",
        bind="query-params",
        format_func=lambda k: f"× {k}",
        help="What was added to the picture, its mean over the colors, multiplied to be seen: orange is "
        "brighter, blue darker, pale is unchanged. At × 10 the full colors are ± 0.1 of white − black.",
    )
    lanes = [(name, lane) for name, lane in race.lanes.items() if lane.moments]
    for start in range(0, len(lanes), 3):
        row = lanes[start : start + 3]
        for column, (name, lane) in zip(st.columns(3, gap="medium"), row, strict=False):
            with column:
                _lane(contest, name, lane, int(strength))


def _lane(contest: Contest, name: str, lane: Lane, strength: int) -> None:
    pixels, change = contest.shown(lane)
    color = COLORS[name]
    st.markdown(f':color[**{image_words.title(name)}**]{{foreground="{color}"}}')
    st.caption(f"rate {lane.config['lr']:g} · iteration {lane.last.iteration}")
    with st.container(horizontal=True, gap="small"):
        st.image(photo(pixels.numpy(), size=SIDE), width=150, alt=f"{image_words.title(name)}'s picture")
        st.image(
            signed_picture(change.numpy(), strength, size=SIDE),
            width=150,
            alt=f"What {image_words.title(name)} added, times {strength}",
        )
    if lane.diverged:
        st.caption("Its loss is no number any more: it diverged and stopped.")
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
    wanted = contest.settings.wanted
    for heading, race in (("All at one rate", contest.shared), ("Each at its own best rate", best)):
        if race is None or not all(lane.moments for lane in race.lanes.values()):
            continue
        if best is not None:
            st.markdown(f"**{heading}**")
        st.markdown(image_words.who_is_first(race, wanted))
        st.dataframe(image_words.standings(race), hide_index=True, width="stretch")
    st.caption(
        "L2 and L∞ of what was added, in pixels where white − black = 1 (L∞ 0.01 is 2.6 of 255 gray levels). "
        "“Invalid”: the share of values below black or above white."
    )
    if contest.shared.finished:
        st.markdown(image_words.claim(contest.shared))
    if best is not None and best.finished and contest.shared.finished:
        st.markdown(image_words.compared(contest.shared, best))
