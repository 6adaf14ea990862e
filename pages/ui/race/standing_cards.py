"""A card a lane: how far it is, how fast it goes, and when it reached the target."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.config.race import RaceConfig
from core.formatting import count, duration, interval, percent, plus_minus
from core.lessons.race.standings import Reached, Spread, Standing
from pages.ui.race.lane_styles import looks_of

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
            f'<div style="font-size:0.86rem;opacity:0.85">{escape(line)}</div>'
            for line in details(standing, target, active)
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
    """The small lines of a card."""
    lines = []
    if standing.validation is not None:
        counted = seeds_counted(standing.validation, standing.of)
        what = "mean ± standard deviation of " if standing.validation.seeds > 1 else ""
        lines.append(f"validation accuracy{' now' if active else ''}{f', {what}{counted}' if counted else ''}")
    facts = []
    if standing.loss is not None:
        facts.append(f"loss {standing.loss:.3f}")
    if standing.speed is not None:
        facts.append(f"{standing.speed:,.0f} images/s")
    if facts:
        lines.append(" · ".join(facts))
    lines.append(time_to(standing.reached, target, active))
    if standing.diverged:
        of = f" ({standing.diverged} of {standing.begun} seeds)" if standing.begun > 1 else ""
        lines.append(f"⚠ Diverged{of}. {standing.message}")
    if standing.test is not None and not active:
        lines.append(tested(standing.test, standing.interval))
    return lines


def tested(test: Spread, ci95: tuple[float, float] | None) -> str:
    """The test accuracy; of a lane where a seed diverged, whose mean it is instead of an interval."""
    if ci95 is not None:
        return f"test accuracy {percent(test.mean, 2)}, 95% interval {interval(*ci95, 2)}"
    of = f"mean of the {test.seeds} seeds" if test.seeds > 1 else "of the one seed"
    return f"test accuracy {percent(test.mean, 2)}, {of} that did not diverge"


def time_to(reached: Reached, target: int, active: bool) -> str:
    """When the target was reached, if it was; while the race is active it may still be."""
    if not reached.seeds or reached.steps is None or reached.examples is None or reached.seconds is None:
        return f"{target}%: not reached" + (" yet" if active else "")
    of = f" ({reached.seeds} of {reached.of} seeds)" if reached.of > 1 else ""
    steps = count(round(reached.steps), "step")
    return f"{target}% after {steps}, {count(round(reached.examples), 'image')}, {duration(reached.seconds)}{of}"
