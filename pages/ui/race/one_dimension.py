"""Tab: gradient descent on a curve, and the learning rate that decides how it goes."""

import random

import numpy as np
import pandas as pd
import streamlit as st

from core.charts.palette import optimizer_color
from core.config.optimizers import OPTIMIZERS
from core.config.run import OptimizerConfig
from core.formatting import number
from core.lessons.race.charts.descent import beside_printed_figure, rolling_figure
from core.lessons.race.descent.chapter import CHAPTER, DIGITS, PRINTED, Printed, beside_the_chapter, written
from core.lessons.race.descent.curves import CURVES, VIEW, bottom_value, minima, values
from core.lessons.race.descent.paths import Path
from core.lessons.race.descent.walk import DescentConfig, walk
from core.models.threads import one_thread
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.bound_widgets import Widgets, held, setting_widget
from pages.ui.kit.widgets.chart import chart, played
from pages.ui.race.rate_words import end_in_words, rate_words, zones_chart

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
START, RATE, CURVE, KEY, ASCENT = (
    "race_gd_start",
    "race_gd_lr",
    "race_gd_curve",
    "race_gd_optimizer",
    "race_gd_ascent",
)
renamed(
    CURVE,
    {
        "The chapter's parabola": "Parabola",
        "Two valleys": "Two local minima",
        "A flat bottom": "Flat minimum",
        "A bumpy bowl": "Many local minima",
        "A rounded corner": "Huber loss",
        "A plateau": "Plateau",
    },
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
    y.backward()                    # x.grad is the derivative: 2x
    # x.grad.neg_()                 # reversed: gradient ascent
    optimizer.step()                # x = x - lr * x.grad
"""


@st.fragment
@one_thread()
def one_dimension() -> None:
    """Choose a learning rate, a function and a start; see the path, its factor and every step."""
    with error_boundary():
        left, right = controls_and_stage(1.0, 2.5)
        with left:
            config = _controls()
        path = _walk(config.curve, config.start, config.optimizer.name, _frozen(config), config.ascent)
        with right:
            rate_words(config, path)
            _ball(config, path)
            zones_chart(config)
        with st.expander(f"Every step, with all digits: {len(path.points)}", icon=":material/table_rows:"):
            step_table(config, path)
        with st.expander("Book chapter (Optimizers): its printed steps", icon=":material/menu_book:"):
            beside_the_text(config, path)
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _controls() -> DescentConfig:
    lr = st.select_slider(
        "Learning rate",
        RATES,
        0.1,
        key=RATE,
        bind="query-params",
        format_func=lambda rate: f"{rate:g}",
        help="Scales every step: x := x − lr · f′(x). Common values are 0.001 to 0.1; go beyond 1 here.",
    )
    title = st.selectbox("Function", list(TITLES), key=CURVE, bind="query-params", help="The function to minimize.")
    curve = CURVES[TITLES[title]]
    st.latex(curve.formula)
    st.caption(curve.idea)
    start = st.slider(
        "Starting point x₀",
        -10,
        10,
        6,
        key=START,
        bind="query-params",
        help="The book chapter draws a whole number from 1 to 10; its printed steps follow from 6.",
    )
    ascent = st.toggle(
        "Gradient ascent",
        key=ASCENT,
        bind="query-params",
        help="x := x + lr · f′(x). FGSM does this: it changes an image so that the loss increases.",
    )
    names = {entry.title: name for name, entry in OPTIMIZERS.items()}
    chosen = st.selectbox(
        "Optimizer",
        list(names),
        list(names.values()).index("sgd"),
        key=KEY,
        bind="query-params",
        help="Plain SGD uses the current gradient alone; the others also use earlier gradients.",
    )
    name = names[chosen]
    optimizer = OptimizerConfig(name, {"lr": float(lr), **_hyperparameters(name)})
    return DescentConfig(curve=TITLES[title], start=float(start), optimizer=optimizer, ascent=bool(ascent))


def _hyperparameters(name: str) -> dict[str, float]:
    """What is set seldom, folded away: an optimizer's settings but its learning rate, and a random start."""
    widget = Widgets(lambda setting: f"race_gd_{name}_{setting}", None)
    others = {key: setting for key, setting in OPTIMIZERS[name].settings.items() if key != "lr"}
    with st.expander("Advanced", icon=":material/tune:"):
        chosen = {key: setting_widget(widget, key, setting) for key, setting in others.items()}
        st.number_input("Seed", 0, 999, 0, key="race_gd_seed", help="The same seed always draws the same x₀.")
        st.button(
            "Random x₀",
            icon=":material/casino:",
            key="race_gd_draw",
            on_click=_draw,
            help="A whole number from 1 to 10, as in the book chapter.",
        )
    return chosen


def _draw() -> None:
    st.session_state[START] = drawn(int(st.session_state["race_gd_seed"]))


def drawn(seed: int) -> int:
    """The book chapter's start: a whole number from 1 to 10."""
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
        color=optimizer_color(config.optimizer.name),
        bottoms=[(bottom, bottom_value(config.curve, bottom)) for bottom in minima(config.curve)],
    )
    played(fig, "race_gd_ball", alt=f"Path on f: {end_in_words(config, path)}.")
    outside = np.flatnonzero(np.abs(path.points[:, 0]) > VIEW[1])
    if len(outside):
        st.caption(
            f"x leaves the chart at step {outside[0] + 1}; the table of steps below follows it to "
            f"x = {number(float(path.points[-1, 0]), 4)}."
        )


def step_table(config: DescentConfig, path: Path) -> None:
    """Every step, and when it stops."""
    st.dataframe(step_rows(path), hide_index=True, height=270, key="race_gd_steps", width="stretch")
    st.caption(
        f"Step 1 is x₀. It stops once f is within {config.tolerance:g} of the minimum, or after {config.updates} "
        "updates."
    )


def step_rows(path: Path) -> pd.DataFrame:
    """Numbers as Python prints them."""
    x, slope = path.points[:, 0].tolist(), path.gradients[:, 0].tolist()
    return pd.DataFrame(
        {
            "step": range(1, len(x) + 1),
            "x": [repr(value) for value in x],
            "f(x)": [repr(value) for value in path.values.tolist()],
            "f′(x)": [repr(value) for value in slope],
        }
    )


# The book chapter's printed numbers beside ours, digit for digit.


def beside_the_text(config: DescentConfig, path: Path) -> None:
    """Chart and table; with other settings than the book chapter's, a way back to them."""
    found = beside_the_chapter(path)
    st.markdown(in_words(config, found))
    st.caption(
        "It prints steps 14 to 20, where step n (“batch n”) is x after n − 1 updates. It does not print x₀: 6 leads to "
        "these numbers."
    )
    if config != CHAPTER:
        st.button(
            "Use the book chapter's settings",
            icon=":material/restart_alt:",
            key="race_gd_reset",
            on_click=_reset,
            help="x² + 2 from x₀ = 6, plain SGD, learning rate 0.1.",
        )
    left, right = st.columns([1, 1.7], gap="medium")
    with left:
        fig = beside_printed_figure(path.points[:, 0], {step: float(x) for step, (x, _) in PRINTED.items()})
        chart(fig, "race_gd_chapter", still=True, alt=in_words(config, found))
    with right:
        st.dataframe(printed_rows(found), hide_index=True, key="race_gd_printed", width="stretch")


def in_words(config: DescentConfig, found: list[Printed]) -> str:
    """Whether they agree, and whether they should."""
    right = sum(entry.agrees for entry in found)
    if right == len(found):
        return f"All {len(found)} printed steps agree with the computed ones to {DIGITS} significant digits."
    sentence = f"{right} of the {len(found)} printed steps agree to {DIGITS} significant digits"
    if config == CHAPTER:
        return f"{sentence}. With the book chapter's settings all should: this is a bug in Digit Lab."
    return f"{sentence}: these are not the book chapter's settings."


def printed_rows(found: list[Printed]) -> pd.DataFrame:
    """The book chapter's numbers as printed, ours with as many digits."""
    return pd.DataFrame(
        {
            "step": [entry.step for entry in found],
            "agree": [entry.agrees for entry in found],
            "x, book chapter": [entry.chapter_x for entry in found],
            "x, computed": [written(entry.x) or "–" for entry in found],
            "f, book chapter": [entry.chapter_y for entry in found],
            "f, computed": [written(entry.y) or "–" for entry in found],
        }
    )


def _reset() -> None:
    others = {name: setting for name, setting in OPTIMIZERS["sgd"].settings.items() if name != "lr"}
    for key, value in (
        ("race_gd_curve", CURVES["parabola"].title),
        ("race_gd_start", 6),
        ("race_gd_lr", 0.1),
        ("race_gd_ascent", False),
        ("race_gd_optimizer", "SGD"),
        *((f"race_gd_sgd_{name}", held(setting, setting.default)) for name, setting in others.items()),
    ):
        st.session_state[key] = value
