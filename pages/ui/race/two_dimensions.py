"""Tab: all optimizers from one start on one surface, and the size of their steps beside the norm of the gradient."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import streamlit as st

from core.charts.palette import optimizer_color
from core.config.optimizers import OPTIMIZERS
from core.config.run import OptimizerConfig
from core.formatting import count, ratio
from core.lessons.race.charts.descent import common_range, lengths_figure
from core.lessons.race.charts.paths import OptimizerPath, map_race_figure, relief_uri
from core.lessons.race.descent.paths import Numbers, Path, follow, thin
from core.lessons.race.descent.surfaces import RATES, SURFACES, Surface, first_rate, grid
from core.models.threads import one_thread
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.widgets.chart import chart, played

# Who arrived, who diverged, and how long the steps were.


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


def results(racers: list[Racer], updates: int) -> None:
    """Gradient norms beside step sizes; folded away, a table and the distance to the minimum."""
    colors = {racer.title: optimizer_color(racer.name) for racer in racers}
    st.markdown("### Gradient norm and step size")
    ranges = adaptive_in_words(racers)
    gradients = {racer.title: racer.path.gradient_lengths for racer in racers}
    steps = {racer.title: racer.path.step_lengths for racer in racers}
    left, right = st.columns(2, gap="medium")
    with left:
        fig = lengths_figure(
            gradients, colors, y_title="gradient norm", updates=updates, y_range=common_range(list(gradients.values()))
        )
        chart(fig, "race_map_gradients", still=True, alt=f"Gradient norm at each update. {ranges}")
    with right:
        fig = lengths_figure(
            steps, colors, y_title="step size", updates=updates, y_range=common_range(list(steps.values()))
        )
        chart(fig, "race_map_steps", still=True, alt=f"Step size at each update. {ranges}")
    st.caption(
        "Plain SGD's step is the learning rate times the gradient, so its two curves have the same shape. Adaptive "
        "methods divide by the recent size of the gradient: their steps vary far less than it does."
    )
    with st.expander("Details: distance to the minimum, and a table", icon=":material/table_rows:"):
        apart = {racer.title: racer.distance[1:] for racer in racers}
        fig = lengths_figure(
            apart, colors, y_title="distance", updates=updates, y_range=common_range(list(apart.values())), mark=NEAR
        )
        chart(fig, "race_map_distance", still=True, alt=in_words(racers, updates).replace("*", ""))
        st.caption(f"An optimizer has converged once it is below the dotted line, {NEAR:g}.")
        st.dataframe(rows(racers), hide_index=True, key="race_map_table", width="stretch")
        st.caption(ranges)


def in_words(racers: list[Racer], updates: int) -> str:
    """Which was first, which left again, which diverged."""
    there = sorted((racer.arrival, racer.title) for racer in racers if racer.arrival is not None and not racer.diverged)
    sentence = f"No optimizer came within {NEAR:g} of a minimum in {updates:,} updates."
    if there and there[0][0] == 0:
        sentence = f"The starting point itself lies within {NEAR:g} of a minimum."
    elif there:
        first = [title for update, title in there if update == there[0][0]]
        sentence = (
            f"**{' and '.join(first)}** came first within {NEAR:g} of a minimum, after {count(there[0][0], 'update')}."
        )
    left = [racer.title for racer in racers if racer.arrival and not racer.stayed and not racer.diverged]
    if left:
        sentence += f" {_list(left)} left it again."
    lost = [racer.title for racer in racers if racer.diverged]
    if lost:
        sentence += f" {_list(lost)} diverged: the learning rate is too large here."
    return sentence


def adaptive_in_words(racers: list[Racer]) -> str:
    """How far gradient norm and step size range, for those that can be told apart."""
    parts = []
    for racer in racers:
        gradient, step = racer.path.gradient_lengths, racer.path.step_lengths
        seen = (gradient > 0) & (step > 0)
        if racer.diverged or seen.sum() < 2:
            continue
        spans = [float(line[seen].max() / line[seen].min()) for line in (gradient, step)]
        parts.append(f"{racer.title} {ratio(spans[0])} and {ratio(spans[1])}")
    sentence = "Largest divided by smallest, gradient norm and step size: " + "; ".join(parts) + ". "
    return (sentence if parts else "") + (
        "Where both are alike, steps follow the gradient; where the step size ranges far less, the optimizer adapts it."
    )


def rows(racers: list[Racer]) -> pd.DataFrame:
    """One row an optimizer."""
    return pd.DataFrame(
        {
            "optimizer": [racer.title for racer in racers],
            "learning rate": [f"{racer.lr:g}" for racer in racers],
            "converged after": [_arrived(racer) for racer in racers],
            "final distance": [f"{racer.distance[-1]:.3g}" for racer in racers],
            "final f": [f"{racer.path.values[-1]:.3g}" for racer in racers],
            "path length": [f"{racer.path.step_lengths.sum():.3g}" for racer in racers],
        }
    )


def _arrived(racer: Racer) -> str:
    if racer.diverged:
        return "diverged"
    return "not yet" if racer.arrival is None else f"{racer.arrival:,} updates"


def _list(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


UPDATES = (50, 100, 200, 300, 500, 1000)
FIRST = ("sgd", "momentum", "rmsprop", "adam")
TURN = "race_map_turn"  # how often the map was clicked
MOMENTS = 60  # frames of the played race
TITLES = {surface.title: name for name, surface in SURFACES.items()}

CODE = """\
import torch

def f(p):                                     # Beale
    x, y = p
    return (1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2

paths = {}
for name, settings in {
    "SGD": {"lr": 0.02},
    "RMSprop": {"lr": 0.05, "alpha": 0.9, "eps": 1e-6},
    "Adam": {"lr": 0.5, "betas": (0.9, 0.999), "eps": 1e-8},
}.items():
    p = torch.tensor([1.0, 1.5], dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, name)([p], **settings)
    paths[name] = [p.detach().clone()]
    for step in range(300):
        optimizer.zero_grad()
        f(p).backward()
        optimizer.step()
        paths[name].append(p.detach().clone())
"""


@st.fragment
@one_thread()
def two_dimensions() -> None:
    """Choose a function, a start and optimizers; see their paths, which converged, and the size of every step."""
    with error_boundary():
        left, right = controls_and_stage(1.0, 2.5)
        with left:
            name = _surface()
            surface = SURFACES[name]
            start = _start(name, surface)
            updates = int(
                st.select_slider(
                    "Updates",
                    UPDATES,
                    300,
                    key="race_map_updates",
                    bind="query-params",
                    help="Steps of each optimizer.",
                )
            )
            rates = _racers(name)
        racers = [Racer(entry, lr, _run(name, start, entry, lr, updates), surface) for entry, lr in rates.items()]
        with right:
            _map(name, surface, start, racers, updates)
            if racers:
                st.markdown(in_words(racers, updates))
            else:
                st.info("Choose at least one optimizer.", icon=":material/flag:")
        if racers:
            results(racers, updates)
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _surface() -> str:
    title = st.selectbox(
        "Function", list(TITLES), key="race_map_surface", bind="query-params", help="The function to minimize."
    )
    name = TITLES[title]
    st.latex(SURFACES[name].formula)
    st.caption(SURFACES[name].idea)
    return name


def _keys(name: str) -> tuple[str, str]:
    """The start's two widgets; they go with the function, as their ranges do."""
    return f"race_map_x_{name}", f"race_map_y_{name}"


def _start(name: str, surface: Surface) -> tuple[float, float]:
    chosen = []
    ends = zip(_keys(name), "xy", (surface.x, surface.y), surface.start, strict=True)
    for place, (key, axis, (low, high), value) in zip(st.columns(2), ends, strict=True):
        chosen.append(
            place.number_input(
                f"Start {axis}",
                low,
                high,
                value,
                0.1,
                key=key,
                bind="query-params",
                format="%.2f",
                help=f"From {low:g} to {high:g}; or click the map.",
            )
        )
    return float(chosen[0]), float(chosen[1])


def _racers(surface: str) -> dict[str, float]:
    names = {entry.title: name for name, entry in OPTIMIZERS.items()}
    titles = st.multiselect(
        "Optimizers",
        list(names),
        [OPTIMIZERS[name].title for name in FIRST],
        key="race_map_racers",
        bind="query-params",
        help="Each has its own learning rate, under Learning rates.",
    )
    if not titles:
        return {}
    with st.expander("Learning rates", icon=":material/tune:"):
        return {names[title]: _rate(title, names[title], surface) for title in titles}


def _rate(title: str, name: str, surface: str) -> float:
    return float(
        st.select_slider(
            title,
            RATES,
            first_rate(surface, name),
            key=f"race_map_lr_{surface}_{name}",
            bind="query-params",
            format_func=lambda rate: f"{rate:g}",
            help=f"{OPTIMIZERS[name].idea} Its other hyperparameters are the defaults.",
        )
    )


@st.cache_resource(show_spinner=False, max_entries=400)
@one_thread()
def _run(surface: str, start: tuple[float, float], name: str, lr: float, updates: int) -> Path:
    return follow(SURFACES[surface].f, start, OptimizerConfig(name, {"lr": lr}), updates)


@st.cache_data(show_spinner=False, max_entries=10)
def _grid(name: str) -> tuple[Numbers, Numbers, Numbers, str]:
    """The surface for pointing at, and its image."""
    fine = grid(name, 640, 640)[2]
    return *grid(name), relief_uri(fine)


def _map(name: str, surface: Surface, start: tuple[float, float], racers: list[Racer], updates: int) -> None:
    span = (surface.x[1] - surface.x[0], surface.y[1] - surface.y[0])
    ways = []
    for racer in racers:
        beyond = np.flatnonzero(racer.distance > 20 * max(span))  # nothing of it could be seen
        kept = thin(racer.path.points[: beyond[0] + 1 if len(beyond) else None], span)
        ways.append(OptimizerPath(racer.title, racer.path.points[kept], kept, optimizer_color(racer.name)))
    moments = np.unique(np.linspace(0, updates, MOMENTS + 1).round().astype(int)).tolist()
    x, y, heights, picture = _grid(name)
    fig = map_race_figure(x, y, heights, ways, picture=picture, start=start, minima=surface.minima, moments=moments)
    turn = int(st.session_state.get(TURN, 0))
    key = f"race_map_{name}_{turn}"

    def take() -> None:
        """The clicked place is the new start; the next chart is a new one, with nothing selected."""
        points = st.session_state[key].get("selection", {}).get("points", [])
        if points:
            st.session_state[TURN] = turn + 1
            ends = zip(_keys(name), ("x", "y"), (surface.x, surface.y), strict=True)
            for widget, axis, (low, high) in ends:
                st.session_state[widget] = round(min(max(float(points[0][axis]), low), high), 2)

    said = f"Contour map with one path for each optimizer. {in_words(racers, updates)}".replace("*", "")
    played(fig, key, on_select=take, selection_mode="points", alt=said)
    st.caption(
        "Contour lines of f, evenly spaced in log f; darker is lower. Star: minimum. Ring: starting point; click the "
        "map to move it."
    )
