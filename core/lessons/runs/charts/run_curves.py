"""The curves of several runs over each other: colors tell runs, dashes tell what was measured.

A run has thousands of steps and a screen a few hundred columns, so steps are gathered into bins: the pale
line is the mean of a bin, the band reaches from its smallest to its largest value, and a smoothed line is
drawn over both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.learning_curves import binned
from core.charts.palette import CATEGORICAL
from core.charts.series import band, line, series
from core.charts.style import Part
from core.config.escaping import escaped

Array = NDArray[np.float64]
DASHES = {"train": "solid", "validation": "dot", "test": "dash"}
POINTS = 200
#: Axis → its title.
TITLES = {
    "step": "steps",
    "epoch": "epochs (passes over the training examples)",
    "time": "seconds of training",
    "clock": "time of day",
}


@dataclass(frozen=True)
class Curve:
    """One curve: its run's name and place (which decides its color), split, points, and y smoothed.

    smooth: None where nothing is smoothed. each_step: whether x and y are single steps, to be binned.
    """

    name: str
    place: int
    split: str
    x: Array
    y: Array
    smooth: Array | None = None
    each_step: bool = False


def run_color(place: int) -> str:
    """The color of the n-th run that is compared."""
    return CATEGORICAL[place % len(CATEGORICAL)]


def many_curves_figure(
    curves: Sequence[Curve],
    *,
    axis: str,
    y_title: str,
    log_x: bool = False,
    log_y: bool = False,
    percent: bool = False,
    spread: bool = True,
    height: int = 380,
) -> go.Figure:
    """Draw the curves. axis: a key of TITLES; "clock" takes x as seconds since 1970.

    On a log axis what is not positive has no place and is left out.
    """
    clock = axis == "clock"
    log_x = log_x and not clock
    traces = []
    for curve in curves:
        keep = np.isfinite(curve.x) & (curve.x > 0 if log_x else True)
        x, y = curve.x[keep], np.where(curve.y[keep] > 0, curve.y[keep], np.nan) if log_y else curve.y[keep]
        steps = binned(x.tolist(), [value if np.isfinite(value) else None for value in y], POINTS)
        if not len(x) or (curve.each_step and not len(steps.x)):
            continue
        if not curve.each_step:
            traces.append(_line(curve, _when(x, clock), y, percent, size=5))
            continue
        places = _when(steps.x, clock)
        if spread:
            traces.append(band(places, steps.low, steps.high, run_color(curve.place), share=0.16, name="band"))
        if curve.smooth is None:
            traces.append(_line(curve, places, steps.mean, percent))
            continue
        some = np.unique(np.linspace(0, len(x) - 1, min(len(x), 2 * POINTS)).astype(int))
        traces.append(_line(curve, places, steps.mean, percent, width=1.2, opacity=0.35, hoverinfo="skip"))
        traces.append(_line(curve, _when(x[some], clock), curve.smooth[keep][some], percent))
    return series(
        traces,
        height=height,
        x_title=TITLES[axis],
        y_title=y_title,
        log_x=log_x,
        log_y=log_y,
        percent_y=percent,
        x_axis={"type": "date"} if clock else None,
        y_axis={"tickformat": ".1~%"} if percent else None,
    )


def _line(curve: Curve, x: ArrayLike, y: Array, percent: bool, **look: Any) -> Part:
    what = "training" if curve.split == "train" else curve.split
    number = "%{y:.2%}" if percent else "%{y:.4g}"
    hover = f"<b>{escaped(curve.name, 'html')}</b><br>{what} {number}<br>%{{x}}<extra></extra>"
    color, dash = run_color(curve.place), DASHES[curve.split]
    return line(x, y, f"{curve.name}, {what}", color, dash=dash, **look) | {"hovertemplate": hover}


def _when(x: Array, clock: bool) -> Array | NDArray[np.datetime64]:
    """Seconds since 1970 as local times, which is what a date axis draws."""
    if not clock:
        return x
    from datetime import datetime

    shift = datetime.fromtimestamp(float(x[0])).astimezone().utcoffset()
    seconds = x + (shift.total_seconds() if shift else 0.0)
    return (seconds * 1000).astype("int64").astype("datetime64[ms]")
