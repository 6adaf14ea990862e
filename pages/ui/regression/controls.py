"""Widgets for a curve, its points, and the network that learns them."""

import math
from typing import Any

import streamlit as st

from core.config.choices import ACTIVATIONS
from core.data.points import CURVES
from pages.ui.kit.widgets.bound_widgets import Widgets
from pages.ui.regression.placed_points import placed_points, put_back

RECIPE = "regression-sine"
PI = math.pi
LOWS = (-4 * PI, -10.0, -3 * PI, -2 * PI, -5.0, -4.0, -PI, -3.0, -2.0, -1.0, 0.0)
HIGHS = tuple(-low if low else 0.0 for low in reversed(LOWS[:-1]))
COUNTS = (5, 8, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 250, 400, 500, 1000, 2000, 5000)
NOISES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0)
PLACED = "points you place"
TITLES = {**{name: curve.title for name, curve in CURVES.items()}, "placed": PLACED}


def data(widget: Widgets, values: dict[str, Any]) -> dict[str, Any]:
    """Draw the widgets of what is learned and return what they say. values: where they start."""
    target = widget.choice_box(
        "Target function",
        tuple(TITLES),
        values["target"],
        "target",
        help="The function that the points are drawn from, or points you place.",
        format_func=lambda name: TITLES[name],
        on_change=_usual_interval,
    )
    changes: dict[str, Any] = {"target": target}
    if target == "placed":
        put_back()
        changes["placed"] = placed_points()
        return changes
    st.latex(CURVES[target].formula)
    with st.expander("Points", icon=":material/scatter_plot:"):
        changes |= _points(widget, values)
    return changes


def _points(widget: Widgets, values: dict[str, Any]) -> dict[str, Any]:
    """Where the points lie, how many, and how noisy."""
    changes: dict[str, Any] = {}
    low, high = st.columns(2)
    with low:
        changes["low"] = widget.choice(
            "x from", LOWS, values["low"], "low", help="Left end of the interval.", format_func=in_pi
        )
    with high:
        changes["high"] = widget.choice(
            "x to", HIGHS, values["high"], "high", help="Right end of the interval.", format_func=in_pi
        )
    changes["points"] = widget.choice(
        "Number of points",
        COUNTS,
        values["points"],
        "points",
        help="Drawn at random; a share of them is the validation split.",
        format_func=lambda n: f"{n:,}",
    )
    changes["noise"] = widget.choice(
        "Noise σ",
        NOISES,
        values["noise"],
        "noise",
        help="Standard deviation of the noise added to each y; σ² is the lowest expected loss on new points.",
        format_func=lambda v: f"{v:g}",
    )
    return changes


def network(widget: Widgets, values: dict[str, Any]) -> dict[str, Any]:
    """Draw the widgets of the network and return what they say. values: where they start."""
    hidden = widget.hidden(
        "Hidden layers",
        0,
        4,
        values["hidden"],
        most=512,
        usual=16,
        help="0 is linear regression.",
        unit="Each ReLU unit adds one breakpoint.",
    )
    activation = widget.choice_box(
        "Activation", ACTIVATIONS, values["activation"], "activation", help="Activation function of each hidden unit."
    )
    seed = widget.number(
        "Data seed", 0, 2**31 - 1, values["points_seed"], "points_seed", help="Draws other points and noise."
    )
    return {"hidden": hidden, "activation": activation, "points_seed": seed}


def in_pi(value: float) -> str:
    """A place on the x-axis, as a multiple of π where it is one."""
    times = value / PI
    if value and abs(times - round(times)) < 1e-9:
        number = abs(round(times))
        return f"{'−' if value < 0 else ''}{number if number > 1 else ''}π"
    return f"{value:g}".replace("-", "−")


def _usual_interval() -> None:
    """Callback: another curve starts on the interval where it has most to show."""
    target = st.session_state[f"{RECIPE}_target"]
    if target not in CURVES:
        return
    low, high = CURVES[target].interval
    st.session_state[f"{RECIPE}_low"], st.session_state[f"{RECIPE}_high"] = low, high
