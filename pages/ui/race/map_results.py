"""Who arrived, who diverged, and how long the steps were."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import streamlit as st

from core.charts.palette import optimizer_color
from core.config.optimizers import OPTIMIZERS
from core.formatting import count, ratio
from core.lessons.race.charts.descent import common_range, lengths_figure
from core.lessons.race.descent.paths import Numbers, Path
from core.lessons.race.descent.surfaces import Surface
from pages.ui.kit.widgets.chart import chart

NEAR = 0.1  # to be that near to a minimum is to have arrived
FAR = 10.0  # sizes of the map away from it: lost


@dataclass(frozen=True, eq=False)
class Racer:
    """One optimizer at one learning rate, and the path it took."""

    name: str
    lr: float
    path: Path
    surface: Surface

    @property
    def title(self) -> str:
        return OPTIMIZERS[self.name].title

    @cached_property
    def distance(self) -> Numbers:
        """(T+1,) to the nearest minimum."""
        return self.surface.distance(self.path.points)

    @property
    def arrival(self) -> int | None:
        """The first update after which it was near a minimum."""
        near = np.flatnonzero(self.distance < NEAR)
        return int(near[0]) if len(near) else None

    @property
    def diverged(self) -> bool:
        """Whether its numbers overflowed, or it ended far outside the map."""
        size = self.surface.x[1] - self.surface.x[0]
        return self.path.overflowed or bool(self.distance[-1] > FAR * size)

    @property
    def stayed(self) -> bool:
        """Whether it was still near a minimum at the end."""
        return not self.diverged and bool(self.distance[-1] < NEAR)


def standings(racers: list[Racer], updates: int) -> None:
    """Who arrived, in a sentence and a table."""
    st.markdown(in_words(racers, updates))
    st.dataframe(rows(racers), hide_index=True, key="race_map_table", width="stretch")


def results(racers: list[Racer], updates: int) -> None:
    """How long gradients and steps were, and how far the way is still: three charts."""
    colors = {racer.title: optimizer_color(racer.name) for racer in racers}
    st.markdown(
        "#### How long is a step?",
        help="Plain SGD's step is the learning rate times the gradient; the others make theirs from more than that.",
    )
    gradients = {racer.title: racer.path.gradient_lengths for racer in racers}
    steps = {racer.title: racer.path.step_lengths for racer in racers}
    left, right = st.columns(2, gap="medium")
    with left:
        fig = lengths_figure(
            gradients,
            colors,
            y_title="length of the gradient",
            updates=updates,
            y_range=common_range(list(gradients.values())),
        )
        chart(fig, "race_map_gradients", still=True)
    with right:
        fig = lengths_figure(
            steps, colors, y_title="length of the step", updates=updates, y_range=common_range(list(steps.values()))
        )
        chart(fig, "race_map_steps", still=True)
    st.caption(adaptive_in_words(racers))
    st.markdown("**How far from the nearest minimum**")
    apart = {racer.title: racer.distance[1:] for racer in racers}
    fig = lengths_figure(
        apart, colors, y_title="distance", updates=updates, y_range=common_range(list(apart.values())), mark=NEAR
    )
    chart(fig, "race_map_distance", still=True)
    st.caption(f"Below the dotted line, {NEAR:g}, an optimizer counts as arrived.")


def in_words(racers: list[Racer], updates: int) -> str:
    """Who was first, who was there and left again, who diverged."""
    there = sorted((racer.arrival, racer.title) for racer in racers if racer.arrival is not None and not racer.diverged)
    told = f"Nobody came within {NEAR:g} of a minimum in {updates:,} updates."
    if there and there[0][0] == 0:
        told = f"The start itself lies within {NEAR:g} of a minimum."
    elif there:
        first = [title for update, title in there if update == there[0][0]]
        told = (
            f"**{' and '.join(first)}** came first within {NEAR:g} of a minimum, after {count(there[0][0], 'update')}."
        )
    left = [racer.title for racer in racers if racer.arrival and not racer.stayed and not racer.diverged]
    if left:
        told += f" {_list(left)} got there and left again."
    lost = [racer.title for racer in racers if racer.diverged]
    if lost:
        told += f" {_list(lost)} diverged: too large a learning rate here."
    return told


def adaptive_in_words(racers: list[Racer]) -> str:
    """How much the gradient shrank, and how much the step did, for those that can be told apart."""
    parts = []
    for racer in racers:
        gradient, step = racer.path.gradient_lengths, racer.path.step_lengths
        seen = (gradient > 0) & (step > 0)
        if racer.diverged or seen.sum() < 2:
            continue
        spans = [float(line[seen].max() / line[seen].min()) for line in (gradient, step)]
        parts.append(f"{racer.title} {ratio(spans[0])} and {ratio(spans[1])}")
    told = "Largest divided by smallest, of the gradient and of the step: " + "; ".join(parts) + ". "
    return (told if parts else "") + (
        "Where both are alike, steps follow the gradient; where the step's is much smaller, the optimizer "
        "evens them out: that is what adaptive means."
    )


def rows(racers: list[Racer]) -> pd.DataFrame:
    """One row an optimizer."""
    return pd.DataFrame(
        {
            "optimizer": [racer.title for racer in racers],
            "learning rate": [f"{racer.lr:g}" for racer in racers],
            "arrived after": [_arrived(racer) for racer in racers],
            "distance at the end": [f"{racer.distance[-1]:.3g}" for racer in racers],
            "f at the end": [f"{racer.path.values[-1]:.3g}" for racer in racers],
            "path length": [f"{racer.path.step_lengths.sum():.3g}" for racer in racers],
        }
    )


def _arrived(racer: Racer) -> str:
    if racer.diverged:
        return "diverged"
    return "not yet" if racer.arrival is None else f"{racer.arrival:,} updates"


def _list(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
