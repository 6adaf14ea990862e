"""What a race looks like: curves, cards with the standings, and who leads in a sentence."""

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from core.config.race import RaceConfig
from core.formatting import count, duration, interval, number, percent, plus_minus, points
from core.lessons.race.charts.race import Look, race_figure
from core.lessons.race.race import LaneRun
from core.lessons.race.race_lanes import occurrence
from core.lessons.race.race_lines import Axis, Line, accuracy_line, loss_line, total_steps
from core.lessons.race.standings import Reached, Spread, Standing, standings, within_reach
from pages.ui.kit.widgets.chart import chart

AXES: dict[str, tuple[Axis, str]] = {
    "steps": ("step", "steps"),
    "epochs": ("epoch", "epochs (passes over the training images)"),
    "examples": ("examples", "images seen"),
    "seconds": ("seconds", "seconds of training"),
}


HIGHEST = 1000.0  # a loss that diverges leaves the chart there


def stage(config: RaceConfig, runs: Sequence[LaneRun], n_train: int, n_test: int, *, active: bool) -> None:
    """Charts, standings and verdict of a race, going on or over."""
    charts = st.container()
    said = st.container()
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        across = st.segmented_control(
            "x-axis",
            tuple(AXES),
            default="steps",
            required=True,
            key="race_axis",
            bind="query-params",
            help="Seconds count each optimizer's own steps, not evaluation or waiting for the others.",
        )
        log = st.toggle(
            "Log scale",
            key="race_log",
            bind="query-params",
            help="Shows small losses apart; accuracy is then drawn as error rate.",
        )
    with st.expander("Advanced", icon=":material/tune:"):
        smoothing = st.slider(
            "Smoothing factor (EMA) of the loss",
            0.0,
            0.95,
            0.6,
            0.05,
            key="race_smoothing",
            bind="query-params",
            help="Exponential moving average; the raw loss is drawn pale behind it. 0: no smoothing.",
        )
        target = st.slider(
            "Target accuracy (%)",
            90,
            99,
            97,
            key="race_target",
            bind="query-params",
            help="The cards say when each optimizer first reached this validation accuracy, measured every "
            f"{config.base.train.record_every} steps.",
        )
    table = standings(config, runs, n_test, target / 100)
    with charts:
        _charts(config, runs, n_train, AXES[str(across)], log, smoothing, target / 100, active)
    with said:
        near = within_reach(config, runs)
        nearer = fastest(standings(config, runs, n_test, near / 100), near, active) if 10 < near < target else ""
        if sentences := verdict(table, target, len(config.seeds), active, nearer):
            st.markdown(sentences[0])
        cards(config, table, target, active)
        st.caption(" ".join(sentences[1:]))


def _charts(
    config: RaceConfig,
    runs: Sequence[LaneRun],
    n_train: int,
    axis: tuple[Axis, str],
    log: bool,
    smoothing: float,
    target: float,
    active: bool,
) -> None:
    place, title = axis
    total = total_steps(config, n_train)
    by_lane = {lane.name: [run for run in runs if run.lane == lane.name] for lane in config.lanes}
    looks = looks_of(config)
    losses = {name: loss_line(own, place, total, smoothing) for name, own in by_lane.items()}
    accuracies = {name: accuracy_line(own, place) for name, own in by_lane.items()}
    fallen = [
        name
        for name, own in by_lane.items()
        if all(run.status in ("diverged", "waiting") for run in own) and own[0].status == "diverged"
    ]
    common: dict[str, Any] = {
        "x_title": title,
        "x_end": x_end(config, runs, n_train, place),
        "fallen": fallen,
        "height": 265,
    }
    left, right = st.columns(2, gap="small")
    with left:
        st.markdown("**Training loss** (nats per image)")
        steep = log or bool(fallen)  # a loss that diverges fits on no other axis
        span = _loss_range(runs, losses, steep)
        fig = race_figure(losses, looks, y_title="loss", y_range=span, log_y=steep, **common)
        chart(fig, "race_loss", alt=_last("Training loss", losses, number))
    if log:
        what = "**Validation error rate**"
        wrong = {
            name: Line(line.x, 1 - line.mean, 1 - line.high, 1 - line.low, 1 - line.raw, line.seeds)
            for name, line in accuracies.items()
        }
        least = min((float(line.low.min()) for line in wrong.values() if len(line.x)), default=0.1)
        low = 10.0 ** math.floor(math.log10(max(min(least, 0.099), 1e-4)))
        fig = race_figure(
            wrong,
            looks,
            y_title="error rate",
            y_range=(low, 1.0),
            log_y=True,
            percent_y=True,
            target=1 - target,
            **common,
        )
    else:
        what = "**Validation accuracy**"
        ends = [float(line.mean[-1]) for line in accuracies.values() if len(line.x)]
        tight = max(0.0, min(0.8, math.floor((min(ends, default=0.0) - 0.15) * 10) / 10))
        fig = race_figure(
            accuracies,
            looks,
            y_title="accuracy",
            percent_y=True,
            target=target,
            **common,
            y_range=(0.0, 1.02) if active else (tight, 1.005),
        )
    with right:
        st.markdown(what)
        chart(fig, "race_accuracy", alt=_last("Validation accuracy", accuracies, percent))
    seeds = len(config.seeds)
    st.caption(
        (f"Line: mean over the seeds; band: lowest to highest of {seeds}. " if seeds > 1 else "")
        + f"Dotted: target, {percent(target, 0)}. Pale: loss before smoothing."
    )


def _last(what: str, lines: Mapping[str, Line], written: Callable[[float], str]) -> str:
    """The newest value of every line, for who cannot see the chart."""
    said = [f"{name} {written(float(line.mean[-1]))}" for name, line in lines.items() if len(line.x)]
    return f"{what}: {', '.join(said) or 'not measured yet'}."


def x_end(config: RaceConfig, runs: Sequence[LaneRun], n_train: int, axis: Axis) -> float:
    """The right end of the axis, which stays where it is while the race goes on."""
    train = config.base.train
    if axis == "seconds":  # an estimate from the slowest lane, rounded up so that it seldom moves
        paces = [run.seconds / run.epoch for run in runs if run.epoch > 0]
        return _above(max(paces, default=0.0) * train.epochs)
    if axis == "epoch":
        return float(train.epochs)
    images = float(train.epochs * n_train)
    return images if axis == "examples" else float(total_steps(config, n_train))


def _above(value: float) -> float:
    """The next round number above."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12) if step * power >= value)


def _loss_range(runs: Sequence[LaneRun], lines: Mapping[str, Line], log: bool) -> tuple[float, float]:
    """From the initial loss, the same for all lanes of a seed, down to zero or to the decade below."""
    starts = [float(run.history.epochs[0].get("train_loss") or 0) for run in runs if run.history.epochs]
    top = max(starts, default=math.log(10)) * 1.1  # before it is measured: chance level among ten
    if not log:
        return 0.0, top
    least = min((float(line.mean.min()) for line in lines.values() if len(line.x)), default=0.1)
    most = max((float(line.mean.max()) for line in lines.values() if len(line.x)), default=0.0)
    top = max(top, min(1.5 * most, HIGHEST))
    return 10.0 ** math.floor(math.log10(max(min(least, 0.099), 1e-6))), top


# Which optimizer leads, said from the numbers and with what they cannot say.


def verdict(table: Sequence[Standing], target: int, seeds: int, active: bool, nearer: str = "") -> list[str]:
    """The race in two or three sentences, the most important first; none before anything was measured.

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
            "A default learning rate suits one optimizer and not another: *Tuned learning rates*, below, finds each "
            "one's best."
        )
    return list(filter(None, words))


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
        return f"Diverged, while the {one} continued: {names}."
    if len(table) > 1 and all(s.diverged == s.begun for s in fallen):
        return f"Every optimizer diverged: {names}."
    return f"Diverged: {names}."


def _leader(order: list[Standing], seeds: int, active: bool) -> str:
    first = order[0]
    assert first.validation is not None
    best = first.validation
    part = f" ({seeds_counted(best, first.of)})" if best.seeds < first.of else ""
    if len(order) == 1:
        return f"**{first.lane}**: validation accuracy {percent(best.mean, 2)}{part}."
    second = order[1]
    assert second.validation is not None
    lead = best.mean - second.validation.mean
    if lead == 0:
        return (
            f"**{first.lane}** and **{second.lane}** are level at a validation accuracy of "
            f"{percent(best.mean, 2)}{part}."
        )
    text = (
        f"**{first.lane}** {'has' if active else 'reached'} the highest validation accuracy, "
        f"{percent(best.mean, 2)}{part}, {points(lead)} ahead of {second.lane}."
    )
    if active:
        return text
    if seeds == 1 or min(best.seeds, second.validation.seeds) < 2:
        return f"{text} With one seed the difference may be chance: use more seeds."
    if best.low > second.validation.high:
        return f"{text} Every seed of {first.lane} beats every seed of {second.lane}."
    return f"{text} Their seeds overlap, so the difference may be chance."


def fastest(table: Sequence[Standing], target: int, active: bool) -> str:
    """Which reached the target first, in steps and in seconds."""
    there = [s for s in table if s.reached.seeds and s.reached.seeds == s.reached.of]
    if not there:
        some = any(s.reached.seeds for s in table)
        if some:
            return f"No optimizer reached {target}% with every seed."
        return f"No optimizer has reached {target}% yet." if active else f"No optimizer reached {target}%."
    steps = min(s.reached.steps or 0.0 for s in there)
    seconds = min(s.reached.seconds or 0.0 for s in there)
    by_steps = [s.lane for s in there if s.reached.steps == steps]  # measured now and then: ties happen
    by_time = [s.lane for s in there if s.reached.seconds == seconds]
    if by_steps == by_time:
        both = f"in steps ({steps:,.0f}) and in seconds ({duration(seconds)})"
        return f"{target}% was reached first by {_bold(by_steps)}, {both}."
    return (
        f"{target}% was reached first by {_bold(by_steps)} in steps ({steps:,.0f}), by {_bold(by_time)} in seconds "
        f"({duration(seconds)})."
    )


def _bold(names: list[str]) -> str:
    return " and ".join(f"**{name}**" for name in names)


# A card a lane: how far it is, how fast it goes, and when it reached the target.


_BORDERS = {"solid": "solid", "dash": "dashed", "dot": "dotted"}
_GRID = "display:grid;grid-template-columns:repeat(auto-fill,minmax(170px,1fr));gap:0.6rem"
_CARD = "border:1px solid rgba(128,140,152,0.35);border-radius:0.5rem;padding:0.55rem 0.8rem;"


def cards(config: RaceConfig, table: Sequence[Standing], target: int, active: bool) -> None:
    """Draw them, the leader first."""
    looks = looks_of(config)
    parts = []
    for place, standing in enumerate(ranked(table)):
        look = looks[standing.lane]
        edge = f"border-left:6px {_BORDERS.get(look.dash, 'double')} {look.color};"
        lines = "".join(
            f'<div style="font-size:{size}rem;opacity:0.85">{escape(line)}</div>'
            for size, said in ((0.86, details(standing, target, active)), (0.74, small_print(standing, active)))
            for line in said
        )
        parts.append(
            f'<div style="{_CARD}{edge}"><div style="font-weight:600">{place + 1}. '
            f"{escape(standing.lane)}</div>"
            f'<div style="font-size:1.5rem">{escape(headline(standing))}</div>{lines}</div>'
        )
    st.html(f'<div class="race-cards" style="{_GRID}">{"".join(parts)}</div>')


def ranked(table: Sequence[Standing]) -> list[Standing]:
    """By mean validation accuracy, best first; those without one at the end, in the order of the lanes."""
    return sorted(table, key=lambda s: -s.validation.mean if s.validation else 1.0)


def headline(standing: Standing) -> str:
    """The validation accuracy now."""
    if standing.validation is None:
        return "diverged" if standing.diverged else "waiting"
    return mean_of(standing.validation)


def mean_of(spread: Spread) -> str:
    """Mean ± standard deviation over the seeds."""
    return percent(spread.mean, 2) if spread.seeds == 1 else plus_minus(spread.mean, spread.deviation)


def seeds_counted(spread: Spread, of: int) -> str:
    """How many seeds a mean counts: those that are equally far; "" where only one is run."""
    if spread.seeds < of:
        return f"{spread.seeds} of {of} seeds"
    return count(of, "seed") if of > 1 else ""


def details(standing: Standing, target: int, active: bool) -> list[str]:
    """What stands on a card."""
    lines = []
    if standing.validation is not None:
        lines.append("validation accuracy" + (" so far" if active else ""))
    if standing.test is not None and not active:
        lines.append(f"test accuracy {percent(standing.test.mean, 2)}")
    lines.append(time_to(standing.reached, target, active))
    if standing.diverged:
        of = f" ({standing.diverged} of {standing.begun} seeds)" if standing.begun > 1 else ""
        lines.append(f"⚠ Diverged{of}. {standing.message}")
    return lines


def small_print(standing: Standing, active: bool) -> list[str]:
    """What a card says below: of which seeds, the interval, loss and speed.

    Where a seed diverged there is no interval: the mean is over those that did not.
    """
    lines, facts, test = [], [], standing.test
    if standing.validation is not None and (counted := seeds_counted(standing.validation, standing.of)):
        what = "mean ± standard deviation of " if standing.validation.seeds > 1 else ""
        lines.append(f"{what}{counted}")
    if test is not None and not active:
        if standing.interval is not None:
            lines.append(f"test: 95% interval {interval(*standing.interval, 2)}")
        else:
            of = f"mean of the {test.seeds} seeds" if test.seeds > 1 else "the one seed"
            lines.append(f"test: {of} that did not diverge")
    if standing.loss is not None:
        facts.append(f"loss {standing.loss:.3f}")
    if standing.speed is not None:
        facts.append(f"{standing.speed:,.0f} images/s")
    return [*lines, " · ".join(facts)] if facts else lines


def time_to(reached: Reached, target: int, active: bool) -> str:
    """When the target was reached, if it was; while the race is active it may still be."""
    if not reached.seeds or reached.steps is None or reached.examples is None or reached.seconds is None:
        return f"{target}%: not reached" + (" yet" if active else "")
    of = f" ({reached.seeds} of {reached.of} seeds)" if reached.of > 1 else ""
    steps = count(round(reached.steps), "step")
    return f"{target}% after {steps}, {count(round(reached.examples), 'image')}, {duration(reached.seconds)}{of}"


# Colors and dashes of a race's lanes.


def looks_of(config: RaceConfig) -> dict[str, Look]:
    """Lane → color of its optimizer, and a dash of its own."""
    which = occurrence(config.lanes)
    return {lane.name: Look.of(lane.optimizer.name, which[lane.name]) for lane in config.lanes}
