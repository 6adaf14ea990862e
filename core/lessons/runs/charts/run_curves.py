"""The curves of several runs over each other: colors tell runs, dashes tell what was measured.

A run has thousands of steps and a screen a few hundred columns, so steps are gathered into bins: the pale
line is the mean of a bin, the band reaches from its smallest to its largest value, and a smoothed line is
drawn over both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.learning_curves import binned
from core.charts.palette import CATEGORICAL
from core.charts.series import add_band
from core.charts.style import LINE_WIDTH, figure
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
    band: bool = True,
    height: int = 380,
) -> go.Figure:
    """Draw the curves. axis: a key of TITLES; "clock" takes x as seconds since 1970.

    On a log axis what is not positive has no place and is left out.
    """
    clock = axis == "clock"
    log_x = log_x and not clock
    fig = figure(height=height, x_title=TITLES[axis], y_title=y_title, log_x=log_x, log_y=log_y, percent_y=percent)
    if percent:
        fig.update_yaxes(tickformat=".1~%")
    for curve in curves:
        keep = np.isfinite(curve.x) & (curve.x > 0 if log_x else True)
        x, y = curve.x[keep], np.where(curve.y[keep] > 0, curve.y[keep], np.nan) if log_y else curve.y[keep]
        if not len(x):
            continue
        if not curve.each_step:
            _line(fig, curve, x, y, clock=clock, percent=percent, dots=True)
            continue
        steps = binned(x.tolist(), [value if np.isfinite(value) else None for value in y], POINTS)
        if not len(steps.x):
            continue
        if band:
            add_band(fig, _when(steps.x, clock), steps.low, steps.high, run_color(curve.place), share=0.16, name="band")
        if curve.smooth is None:
            _line(fig, curve, steps.x, steps.mean, clock=clock, percent=percent)
            continue
        _line(fig, curve, steps.x, steps.mean, clock=clock, percent=percent, pale=True)
        smooth = curve.smooth[keep]
        some = np.unique(np.linspace(0, len(x) - 1, min(len(x), 2 * POINTS)).astype(int))
        _line(fig, curve, x[some], smooth[some], clock=clock, percent=percent)
    if clock:
        fig.update_xaxes(type="date")
    return fig


def _line(
    fig: go.Figure,
    curve: Curve,
    x: Array,
    y: Array,
    *,
    clock: bool,
    percent: bool,
    dots: bool = False,
    pale: bool = False,
) -> None:
    color = run_color(curve.place)
    what = {"train": "training"}.get(curve.split, curve.split)
    number = "%{y:.2%}" if percent else "%{y:.4g}"
    fig.add_scatter(
        x=_when(x, clock),
        y=y,
        name=f"{curve.name}, {what}",
        mode="lines+markers" if dots or len(x) == 1 else "lines",
        line={"color": color, "width": 1.2 if pale else LINE_WIDTH, "dash": DASHES[curve.split]},
        marker={"color": color, "size": 5},
        opacity=0.35 if pale else 1.0,
        hovertemplate=f"<b>{escaped(curve.name, 'html')}</b><br>{what} {number}<br>%{{x}}<extra></extra>",
        hoverinfo="skip" if pale else None,
    )


def _when(x: Array, clock: bool) -> Array | NDArray[np.datetime64]:
    """Seconds since 1970 as local times, which is what a date axis draws."""
    if not clock:
        return x
    from datetime import datetime

    shift = datetime.fromtimestamp(float(x[0])).astimezone().utcoffset()
    seconds = x + (shift.total_seconds() if shift else 0.0)
    return (seconds * 1000).astype("int64").astype("datetime64[ms]")
