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
        "What to learn",
        tuple(TITLES),
        values["target"],
        "target",
        help="The curve behind the points, or points of your own.",
        format_func=lambda name: TITLES[name],
        on_change=_usual_interval,
    )
    changes: dict[str, Any] = {"target": target}
    if target == "placed":
        put_back()
        changes["placed"] = placed_points()
        return changes
    st.latex(CURVES[target].formula)
    low, high = st.columns(2)
    with low:
        changes["low"] = widget.choice(
            "x from", LOWS, values["low"], "low", help="Where the points begin.", format_func=in_pi
        )
    with high:
        changes["high"] = widget.choice(
            "x to", HIGHS, values["high"], "high", help="Where the points end.", format_func=in_pi
        )
    changes["points"] = widget.choice(
        "Points",
        COUNTS,
        values["points"],
        "points",
        help="How many are drawn at random; a share of them is held out for validation.",
        format_func=lambda n: f"{n:,}",
    )
    changes["noise"] = widget.choice(
        "Noise σ",
        NOISES,
        values["noise"],
        "noise",
        help="Standard deviation of what is added to each y. No network gets below σ² on new points.",
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
        help="None makes a straight line.",
        unit="Each adds one breakpoint; together they make the curve.",
    )
    activation = widget.choice_box(
        "Activation",
        ACTIVATIONS,
        values["activation"],
        "activation",
        help="Nonlinear function of each hidden unit: tanh is a soft step, ReLU a hinge.",
    )
    seed = widget.number(
        "Seed of the points",
        0,
        2**31 - 1,
        values["points_seed"],
        "points_seed",
        help="Draws other points and other noise.",
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
