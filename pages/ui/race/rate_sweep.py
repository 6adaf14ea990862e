"""Part of the race: every optimizer at many learning rates, and then each at its own best one."""

from dataclasses import replace

import streamlit as st

from core.config.errors import LabError, NotFound
from core.config.proportion import proportion
from core.config.race import Lane, RaceConfig
from core.data.digits import Mnist
from core.formatting import count, duration, interval, percent, points
from core.lessons.race.charts.race import rate_bests_figure
from core.lessons.race.race_job import RaceJob, RaceSnapshot, start_race
from core.lessons.race.race_lanes import lanes_text
from core.lessons.race.rate_race import (
    FACTORS,
    USUAL_SPAN,
    RateScore,
    at_rate,
    best_rate,
    scores,
    sweep_lanes,
    sweep_races,
    without_rate,
)
from pages.ui.kit.shell import state
from pages.ui.kit.shell.cache import registry
from pages.ui.kit.shell.owner import owner
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.shell.places import not_here
from pages.ui.kit.training.live_run import POLL
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.kept_button import kept_button
from pages.ui.race.lanes import set_lanes
from pages.ui.race.race_view import looks_of

SWEEP = "race_sweep"  # URL parameter and session key: the ids of its races, one a lane
START_NOW = "race_start_now"


def sweep_jobs() -> list[RaceJob]:
    """The races of the sweep that the address or this session names; none if one of them is gone."""
    names = state.recall(SWEEP)
    if names is None:
        return []
    try:
        return [registry().adopt(name, state.session_id(), RaceJob) for name in names.split(",")]
    except NotFound:
        state.remember(SWEEP, None)
        not_here("Those runs are", "They can be started again below.")
        return []


def rate_sweep(config: RaceConfig, mnist: Mnist, racing: bool) -> None:
    """config: the race as it is set now, whose lanes are tried. racing: one is going on."""
    jobs = sweep_jobs()
    pace = POLL["running"] if any(job.active for job in jobs) else None

    @st.fragment(run_every=pace)
    def body() -> None:
        with error_boundary():
            st.markdown("### Tuned learning rates")
            going = any(job.active for job in jobs)
            _controls(config, mnist, jobs, racing, going)
            if jobs:
                _results([job.snapshot for job in jobs], config.lanes, racing or going)
        if pace and not any(job.active for job in jobs):  # out here: a failure above must not poll for ever
            st.rerun()  # the whole page once: it polls no more

    body()


def _controls(config: RaceConfig, mnist: Mnist, jobs: list[RaceJob], racing: bool, going: bool) -> None:
    start, advanced = st.container(), st.expander("Advanced", icon=":material/tune:")
    with advanced:
        span = st.select_slider(
            "Learning rates, as multiples of the default",
            FACTORS,
            USUAL_SPAN,
            key="race_span",
            bind="query-params",
            format_func=lambda factor: f"× {factor:g}",
            disabled=going,
            help="The default is 0.01 for SGD and 0.001 for Adam. At most 8 learning rates are tried.",
        )
        seeds = st.slider(
            "Seeds per learning rate",
            1,
            5,
            2,
            key="race_sweep_seeds",
            bind="query-params",
            disabled=going,
            help="Several seeds show how much of a difference is chance.",
        )
    wanted = replace(config, seeds=tuple(range(config.seeds[0], config.seeds[0] + int(seeds))))
    races = sweep_races(wanted, (float(span[0]), float(span[1])))
    runs = sum(len(race.lanes) for race in races) * int(seeds)
    with start, st.container(horizontal=True, gap="small"):
        pressed = kept_button(
            f"Tune the learning rates ({runs} runs)",
            icon=":material/tune:",
            key="race_sweep_start",
            disabled=racing or going,
            help=f"Every learning rate with every seed, {count(config.base.train.epochs, 'epoch')} each, in the "
            "background: you may leave the page.",
        )
        stopped = going and kept_button(
            "Stop", icon=":material/stop:", key="race_sweep_stop", help="Keep what is measured."
        )
    if pressed:
        _start(races, mnist)
        st.rerun()
    if stopped:
        for job in jobs:
            job.stop()
        for job in jobs:
            job.wait(2)
        st.rerun()
    if not jobs:
        counts = sorted({len(race.lanes) for race in races})
        each = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        start.caption(
            f"{each} learning rates for each of {count(len(races), 'optimizer')}, {count(seeds, 'seed')} each. "
            "Validation accuracy chooses the best; the test images only report it."
        )


def _start(races: list[RaceConfig], mnist: Mnist) -> None:
    started: list[RaceJob] = []
    try:
        for race in races:
            job = start_race(registry(), race, mnist, session=state.session_id(), owner=owner(), unattended=True)
            started.append(job)
    except LabError:  # the queue is full: those that were taken are stopped
        for job in started:
            job.stop()
        raise
    names = ",".join(job.job_id for job in started)
    for job in started:
        job.opens = "pages/5_Optimizer_Race.py", {"race_tab": "The race", SWEEP: names}
    state.remember(SWEEP, names)


def _results(seen: list[RaceSnapshot], lanes: tuple[Lane, ...], busy: bool) -> None:
    if any(picture.active for picture in seen):
        share = sum(picture.progress for picture in seen) / len(seen)
        took = sum(picture.seconds for picture in seen)
        going = max(1, sum(picture.status == "running" for picture in seen))
        left = f", about {duration(took * (1 / share - 1) / going)} left" if share > 0.01 else ""
        done = sum(run.status in ("finished", "diverged") for picture in seen for run in picture.runs)
        total = sum(len(picture.runs) for picture in seen)
        st.progress(min(1.0, share), f"{done} of {total} runs{left}")
    swept = sweep_lanes(picture.config.lanes[0] for picture in seen)
    found = {lane.name: scores(p.config, p.runs) for lane, p in zip(swept, seen, strict=True)}
    bests = {name: best_rate(curve) for name, curve in found.items()}
    if not any(found.values()):
        return
    tried = [lane.optimizer["lr"] for picture in seen for lane in picture.config.lanes]
    looks = looks_of(replace(seen[0].config, lanes=swept))
    best = ", ".join(f"{name} {rate:g}" for name, rate in bests.items() if rate is not None)
    said = f"Validation accuracy against learning rate. Best so far: {best or 'none'}."
    chart(rate_bests_figure(found, looks, bests, (min(tried), max(tried))), "race_sweep_chart", alt=said)
    train = seen[0].config.base.train
    passes = count(train.epochs, "epoch")
    st.caption(
        f"*{seen[0].config.base.recipe}*, {passes}, batch {train.batch_size:,}. Line: mean of "
        "the seeds; band: lowest to highest; star: best learning rate; cross at the bottom: a run diverged."
    )
    grids = {
        lane.name: [rival.optimizer["lr"] for rival in p.config.lanes] for lane, p in zip(swept, seen, strict=True)
    }
    over = not any(picture.active for picture in seen)
    st.markdown(in_words(found, bests, grids, seen[0].n_test, over))
    own = _at_best(lanes, dict(zip(map(_kind, swept), bests.values(), strict=True)))
    if kept_button(
        "Race with tuned learning rates",
        icon=":material/flag:",
        type="primary",
        key="race_at_best",
        disabled=busy or not over or own == lanes,
        help="Sets each optimizer to its best learning rate and starts the race.",
    ):
        set_lanes(own)
        st.session_state[START_NOW] = True
        st.rerun()


def _kind(lane: Lane) -> str:
    """What a lane is apart from its learning rate, in the words of the address."""
    return lanes_text([without_rate(lane)])


def _at_best(lanes: tuple[Lane, ...], rates: dict[str, float | None]) -> tuple[Lane, ...]:
    """The lanes with the rates that were found best; a lane that was not tried stays as it is."""
    best = [rates.get(_kind(lane)) for lane in lanes]
    return tuple(lane if rate is None else at_rate(lane, rate) for lane, rate in zip(lanes, best, strict=True))


def in_words(
    found: dict[str, dict[float, RateScore]],
    bests: dict[str, float | None],
    grids: dict[str, list[float]],
    n_test: int,
    over: bool,
) -> str:
    """Each optimizer's best learning rate with its accuracies, the best optimizer first."""
    known = sorted(
        ((found[name][rate], name, rate) for name, rate in bests.items() if rate is not None),
        key=lambda entry: -(entry[0].mean or 0.0),
    )
    lines = []
    for score, name, rate in known:
        text = f"- **{name}** is best at **{rate:g}**: validation accuracy {percent(score.mean or 0.0, 2)}"
        if over and score.test is not None:
            low, high = proportion(score.test, n_test).interval
            text += f"; test {percent(score.test, 2)} :small[(95% interval {interval(low, high, 2)})]"
        if not over:
            text += f" ({count(score.runs, 'seed')} so far)"
        if rate in (min(grids[name]), max(grids[name])):
            text += ". This is the end of the range tried: widen it"
        lines.append(text + ".")
    lines += [
        f"- **{name}** diverged with some seed at every learning rate."
        for name, rate in bests.items()
        if rate is None and found[name]
    ]
    if over and len(known) > 1:
        (first, name, _), (second, other, _) = known[:2]
        lead = (first.mean or 0.0) - (second.mean or 0.0)
        if first.low is not None and second.high is not None and first.low > second.high and first.runs > 1:
            judged = "every seed of the one is above every seed of the other"
        else:
            judged = "the difference may be chance"
        lines.append(f"\nWith tuned learning rates {name} is {points(lead)} ahead of {other}: {judged}.")
    return "\n".join(lines)
