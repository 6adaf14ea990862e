"""Tab: a ball on a curve, and the one number that decides how it rolls."""

import random

import numpy as np
import streamlit as st

from core.charts.palette import OPTIMIZERS as COLORS
from core.config.run import OptimizerConfig
from core.formatting import number
from core.lessons.race.charts.descent import rolling_figure
from core.lessons.race.descent.curves import CURVES, VIEW, bottom_value, minima, values
from core.lessons.race.descent.paths import Path
from core.lessons.race.descent.walk import DescentConfig, walk
from core.models.threads import one_thread
from pages.ui.kit.shell.layout import controls_and_stage
from pages.ui.kit.shell.page import error_boundary
from pages.ui.race.chapter_table import beside_the_text
from pages.ui.race.player import played
from pages.ui.race.rate_words import rate_words
from pages.ui.race.settings import NAMES, other_settings
from pages.ui.race.step_table import step_table

RATES = (
    0.001,
    0.002,
    0.005,
    0.01,
    0.02,
    0.03,
    0.05,
    0.1,
    0.2,
    0.3,
    0.4,
    0.5,
    0.55,
    0.6,
    0.7,
    0.8,
    0.9,
    0.95,
    0.99,
    1.0,
    1.01,
    1.05,
    1.1,
    1.2,
    1.5,
    2.0,
    3.0,
    5.0,
)
TITLES = {curve.title: name for name, curve in CURVES.items()}
START, RATE, CURVE, OPTIMIZER, ASCENT = (
    "race_gd_start",
    "race_gd_lr",
    "race_gd_curve",
    "race_gd_optimizer",
    "race_gd_ascent",
)

CODE = """\
import torch

x = torch.tensor(6.0, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.SGD([x], lr=0.1)

trace = []
for step in range(1, 101):          # step 1 is the start, then at most 99 updates
    y = x**2 + 2
    trace.append((step, x.item(), y.item()))
    if abs(y.item() - 2) <= 0.01:
        break
    optimizer.zero_grad()
    y.backward()                    # x.grad is the slope: 2x
    # x.grad.neg_()                 # turned round: gradient ascent
    optimizer.step()                # x = x - lr * slope
"""


@st.fragment
@one_thread()
def one_dimension() -> None:
    """Choose a curve, a start and a rate; see the ball, the factor, the table and the chapter's numbers."""
    with error_boundary():
        left, right = controls_and_stage(1.0, 2.5)
        with left:
            config = _controls()
        path = _walk(config.curve, config.start, config.optimizer.name, _frozen(config), config.ascent)
        with right:
            rate_words(config, path)
            _ball(config, path)
        step_table(config, path)
        beside_the_text(config, path)
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _controls() -> DescentConfig:
    title = st.selectbox("Curve", list(TITLES), key=CURVE, bind="query-params", help="What the ball rolls down.")
    curve = CURVES[TITLES[title]]
    st.latex(curve.formula)
    st.caption(curve.idea)
    start = st.slider(
        "Start x₀",
        -10,
        10,
        6,
        key=START,
        bind="query-params",
        help="Where the ball begins. The chapter draws a number from 1 to 10; from 6 its trace follows.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(
            "Seed",
            0,
            999,
            0,
            key="race_gd_seed",
            width=110,
            help="Decides which number is drawn: the same seed always draws the same one.",
        )
        st.button(
            "Draw x₀",
            icon=":material/casino:",
            key="race_gd_draw",
            on_click=_draw,
            help="A whole number from 1 to 10, as in the chapter.",
        )
    lr = st.select_slider(
        "Learning rate",
        RATES,
        0.1,
        key=RATE,
        bind="query-params",
        format_func=lambda rate: f"{rate:g}",
        help="How far a step goes: x := x − rate · slope. Usual rates are 0.001 to 0.1; go beyond 1 here.",
    )
    ascent = st.toggle(
        "Uphill (gradient ascent)",
        key=ASCENT,
        bind="query-params",
        help="x := x + rate · slope. FGSM climbs like this: it changes an image so that the loss grows.",
    )
    titles = list(NAMES)
    chosen = st.selectbox(
        "Optimizer",
        titles,
        titles.index("SGD"),
        key=OPTIMIZER,
        bind="query-params",
        help="The chapter's demo is plain SGD. The others make their step from more than this one slope.",
    )
    name = NAMES[chosen]
    settings = other_settings(name, "race_gd")
    optimizer = OptimizerConfig(name, {"lr": float(lr), **settings})
    return DescentConfig(curve=TITLES[title], start=float(start), optimizer=optimizer, ascent=bool(ascent))


def _draw() -> None:
    st.session_state[START] = drawn(int(st.session_state["race_gd_seed"]))


def drawn(seed: int) -> int:
    """The chapter's start: a whole number from 1 to 10."""
    return random.Random(seed).randint(1, 10)


def _frozen(config: DescentConfig) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(config.optimizer.settings.items()))


@st.cache_resource(show_spinner=False, max_entries=300)
@one_thread()
def _walk(curve: str, start: float, optimizer: str, settings: tuple[tuple[str, float], ...], ascent: bool) -> Path:
    chosen = OptimizerConfig(optimizer, dict(settings))
    return walk(DescentConfig(curve=curve, start=start, optimizer=chosen, ascent=ascent))


def _ball(config: DescentConfig, path: Path) -> None:
    x = np.linspace(*VIEW, 361)
    fig = rolling_figure(
        x,
        values(config.curve, x),
        path.points[:, 0],
        path.values,
        color=COLORS[config.optimizer.name],
        bottoms=[(bottom, bottom_value(config.curve, bottom)) for bottom in minima(config.curve)],
    )
    played(fig, "race_gd_ball")
    outside = np.flatnonzero(np.abs(path.points[:, 0]) > VIEW[1])
    if len(outside):
        st.caption(
            f"The ball leaves the picture at step {outside[0] + 1}; the table below follows it to "
            f"x = {number(float(path.points[-1, 0]), 4)}."
        )
