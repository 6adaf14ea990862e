"""Curves that evaluate: accuracy against the strength of a change, label errors found against images looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import GRAY, VERMILLION
from core.charts.series import band, dots, end_labels, level, line, room_for, series, upright
from core.charts.style import note

POINTS = 300


@dataclass(frozen=True)
class StrengthCurve:
    """accuracy, low, high: fractions at `strengths` (ascending), with the ends of the 95% interval.

    main: the network looked at, drawn broader. dash: "solid", "dot", ….
    """

    name: str
    strengths: Sequence[float]
    accuracy: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    color: str
    dash: str = "solid"
    main: bool = False


def strength_curves_figure(
    curves: Sequence[StrengthCurve],
    *,
    x_title: str,
    x_range: tuple[float, float],
    marked: float,
    chance: float = 0.1,
    y_title: str = "accuracy",
    height: int = 380,
) -> go.Figure:
    """The curves over a fixed range, so that nothing jumps while they grow; dotted lines at the strength
    `marked` and at chance level. Names stand at the right, none over another."""
    known = [curve for curve in curves if len(curve.strengths)]
    names = [f"<b>{curve.name}</b>" if curve.main else curve.name for curve in known]
    ends = [(name, curve.accuracy[-1], curve.color) for name, curve in zip(names, known, strict=True)]
    bands = [band(curve.strengths, curve.low, curve.high, curve.color, share=0.16) for curve in curves]
    lines = [
        line(
            curve.strengths,
            curve.accuracy,
            curve.name,
            curve.color,
            dash=curve.dash,
            width=3.4 if curve.main else 2.0,
            size=6 if curve.main else 4,
            customdata=list(zip(curve.low, curve.high, strict=True)),
            hover="%{y:.2%}<br>95%: %{customdata[0]:.2%} to %{customdata[1]:.2%}",
        )
        for curve in curves
    ]
    return series(
        [*bands, *lines],
        [upright(marked), level(chance, width=1.2), *end_labels(ends, height)],
        height=height,
        x_title=x_title,
        y_title=y_title,
        percent_y=True,
        x_range=x_range,
        y_range=(0.0, 1.02),
        margin=room_for(curve.name for curve in known),
    )


def label_errors_figure(found: ArrayLike, count: int, *, height: int = 250) -> go.Figure:
    """found: (N,) how many were found among the first 1, 2, … N looked at; `count` of them are looked at now.

    A random order finds evenly: its line is straight. The best possible search would find one with every look.
    """
    values = np.asarray(found, dtype=float)
    n, total = len(values), float(values[-1]) if len(values) else 0.0
    right = min(n, max(int(3 * total), count, 10))
    looked = np.unique(np.concatenate([np.geomspace(1, max(n, 1), POINTS).astype(int), [count]]))
    looked = looked[(looked >= 1) & (looked <= right)]
    end = right * total / max(n, 1)  # of the random order; its name stands below it, away from what was found
    below = "top" if end > 0.15 * total else "bottom"
    traces = [
        line([0, right], [0, end], "random order", GRAY, dash="dot", width=1.6, hover=None),
        line([0, total, right], [0, total, total], "best possible", GRAY, width=1.2, hover=None),
        line(looked, values[looked - 1], "found", VERMILLION, hover=f"%{{y:,}} of {total:,.0f}"),
    ]
    if 1 <= count <= n:
        traces.append(dots([count], [values[count - 1]], "now", VERMILLION, size=10))
    return series(
        traces,
        [
            note(text, right, y, color=GRAY, xanchor="right", yanchor=anchor)
            for y, text, anchor in ((end, "random order", below), (total, "best possible", "bottom"))
        ],
        height=height,
        x_title="training images looked at",
        y_title="label errors found",
        x_range=(0, right),
        y_range=(0, 1.2 * total or 1),
        x_axis={"tickformat": ","},
    )
