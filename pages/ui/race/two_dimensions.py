"""Tab: all optimizers from one start on one map, and the size of their steps beside the size of the slope."""

import numpy as np
import streamlit as st

from core.charts.palette import optimizer_color
from core.config.optimizers import OPTIMIZERS
from core.config.run import OptimizerConfig
from core.lessons.race.charts.paths import OptimizerPath, map_race_figure, relief_uri
from core.lessons.race.descent.paths import Numbers, Path, follow, thin
from core.lessons.race.descent.surfaces import RATES, SURFACES, Surface, first_rate, grid
from core.models.threads import one_thread
from pages.ui.kit.shell.layout import controls_and_stage
from pages.ui.kit.shell.page import error_boundary
from pages.ui.race.map_results import Racer, results, standings
from pages.ui.race.player import played

UPDATES = (50, 100, 200, 300, 500, 1000)
FIRST = ("sgd", "momentum", "rmsprop", "adam")
TURN = "race_map_turn"  # how often the map was clicked
MOMENTS = 60  # pictures of the played race
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
    """Choose a map, a start and who races; see the ways, who arrived, and how long every step was."""
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
                    help="How many steps everyone makes.",
                )
            )
            rates = _racers(name)
        racers = [Racer(entry, lr, _run(name, start, entry, lr, updates), surface) for entry, lr in rates.items()]
        with right:
            _map(name, surface, start, racers, updates)
            if racers:
                standings(racers, updates)
            else:
                st.info("Nobody races: choose an optimizer.", icon=":material/flag:")
        if racers:
            results(racers, updates)
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _surface() -> str:
    title = st.selectbox("Map", list(TITLES), key="race_map_surface", bind="query-params", help="What they race down.")
    name = TITLES[title]
    st.latex(SURFACES[name].formula)
    st.caption(SURFACES[name].idea)
    return name


def _keys(name: str) -> tuple[str, str]:
    """The start's two widgets; they go with the map, as their ranges do."""
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
        help="Who races. Each has a learning rate of its own below.",
    )
    rates = {}
    for title in titles:
        name = names[title]
        rates[name] = float(
            st.select_slider(
                f"{title}: learning rate",
                RATES,
                first_rate(surface, name),
                key=f"race_map_lr_{surface}_{name}",
                bind="query-params",
                format_func=lambda rate: f"{rate:g}",
                help=f"{OPTIMIZERS[name].idea} Its other settings are the chapter's defaults.",
            )
        )
    return rates


@st.cache_resource(show_spinner=False, max_entries=400)
@one_thread()
def _run(surface: str, start: tuple[float, float], name: str, lr: float, updates: int) -> Path:
    return follow(SURFACES[surface].f, start, OptimizerConfig(name, {"lr": lr}), updates)


@st.cache_data(show_spinner=False, max_entries=10)
def _grid(name: str) -> tuple[Numbers, Numbers, Numbers, str]:
    """The map for pointing at, and its picture."""
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

    played(fig, key, on_select=take, selection_mode="points")
    st.caption(
        "The bluer, the lower, as the bar says; lines are evenly spaced in the logarithm of f. The star is a "
        "minimum, the ring the start: click the map to move it."
    )
