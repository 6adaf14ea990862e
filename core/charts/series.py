"""Numbers over an axis: lines with bands, dots and bars, uprights and levels, names at the ends of lines.

A chart is one call of `series` with traces (`line`, `dots`, `bar`, `band`) and marks (`upright`, `level`,
`zone`, `note`). Each is a plain dict: Plotly checks it once, when all of the chart is there.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import GRAY, pale
from core.charts.style import AXIS, LINE_WIDTH, Part, figure, note
from core.formatting import number

Ticks = Sequence[float] | Mapping[float, str]
Values = ArrayLike | Sequence[float | None]  # None is a gap
ACROSS = "%{xaxis.title.text} %{x:.6~g}"  # what a hover says of the x-axis
LABEL = 17  # screen pixels between two names


def line(
    x: Values,
    y: Values,
    name: str,
    color: str,
    *,
    dash: str = "solid",
    width: float = LINE_WIDTH,
    size: float = 0,
    hover: str | None = "%{y:.4g}",
    across: str = ACROSS,
    **more: Any,
) -> Part:
    """A curve y (P,) over x (P,). size: of its dots in pixels, 0 for none; a single point always has one.

    hover: what is said of a point between the name and its place `across`; None for silence. In it %{text} is
    y written for people, where that may be a small power of ten. more: settings of the trace.
    """
    xs, ys = np.asarray(x), np.asarray(y, dtype=float)
    drawn: Part = {
        "type": "scatter",
        "x": xs,
        "y": ys,
        "name": name,
        "mode": "lines+markers" if size else "lines" if len(xs) > 1 else "markers",
        "line": {"color": color, "width": width, "dash": dash},
        "marker": {"color": color, "size": size or 7},
    }
    if hover is not None and "%{text}" in hover:
        drawn["text"] = [number(float(value)) for value in ys]
    return drawn | _said(hover and f"<b>{name}</b> {hover}<br>{across}") | more


def dots(
    x: Values,
    y: Values,
    name: str,
    color: Any,
    *,
    size: Any = 9,
    hover: str | None = None,
    marker: Part | None = None,
    **more: Any,
) -> Part:
    """Dots at x (P,) and y (P,). color, size: one for all or P of them. hover: all that is said of one."""
    drawn: Part = {"type": "scatter", "x": x, "y": y, "name": name, "mode": "markers"}
    return drawn | {"marker": {"color": color, "size": size, **(marker or {})}} | _said(hover) | more


def bar(x: Values, y: Values, name: str, color: Any, *, hover: str | None = None, **more: Any) -> Part:
    """Bars of heights y (B,) at x (B,), or lengths x at rows y with orientation="h"."""
    look = {"color": color, **more.pop("marker", {})}
    return {"type": "bar", "x": x, "y": y, "name": name, "marker": look, **_said(hover), **more}


def band(x: ArrayLike, low: ArrayLike, high: ArrayLike, color: str, *, share: float = 0.18, **more: Any) -> Part:
    """The pale area between low (P,) and high (P,) over x (P,): how far something spreads, or its interval.

    It is in no legend and says nothing. share: how much of the color is left, in [0, 1].
    """
    places, down, up = np.asarray(x), np.asarray(low), np.asarray(high)
    return {
        "type": "scatter",
        "x": np.concatenate([places, places[::-1]]),
        "y": np.concatenate([up, down[::-1]]),
        "fill": "toself",
        "mode": "lines",
        "line": {"width": 0},
        "fillcolor": pale(color, share),
        "hoverinfo": "skip",
        "showlegend": False,
        **more,
    }


def upright(x: float, color: str = GRAY, *, dash: str = "dot", width: float = 1.6) -> Part:
    """A line from the bottom to the top of the chart."""
    ends = {"x0": x, "x1": x, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain"}
    return {"type": "line", **ends, "line": {"color": color, "width": width, "dash": dash}}


def level(y: float, color: str = GRAY, *, dash: str = "dot", width: float = 1.6) -> Part:
    """A line from side to side: chance level, a target, a claim."""
    ends = {"x0": 0, "x1": 1, "xref": "x domain", "y0": y, "y1": y, "yref": "y"}
    return {"type": "line", **ends, "line": {"color": color, "width": width, "dash": dash}}


def zone(left: float, right: float, color: str, *, opacity: float = 0.14, below: bool = True) -> Part:
    """Shaded ground from x = left to right."""
    ends = {"x0": left, "x1": right, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain"}
    look = {"fillcolor": color, "opacity": opacity, "line": {"width": 0}, "layer": "below" if below else "above"}
    return {"type": "rect", **ends, **look}


def series(
    traces: Iterable[Part],
    marks: Iterable[Part] = (),
    *,
    x_ticks: Ticks | None = None,
    y_ticks: Ticks | None = None,
    still: bool = False,
    x_axis: Part | None = None,
    y_axis: Part | None = None,
    **settings: Any,
) -> go.Figure:
    """One chart of traces and marks. ticks: where numbers stand, with words where a mapping gives some.

    still: nothing can be zoomed. settings: those of `figure`.
    """
    fixed: Part = {"fixedrange": True} if still else {}
    if still:
        settings.setdefault("dragmode", False)
    x_axis, y_axis = (
        {**fixed, **_ticked(ticks), **(axis or {})} for ticks, axis in ((x_ticks, x_axis), (y_ticks, y_axis))
    )
    return figure(traces, marks, x_axis=x_axis, y_axis=y_axis, **settings)


def end_labels(
    ends: Sequence[tuple[str, float, str]],
    height: int,
    *,
    limits: tuple[float, float] = (0.0, 1.0),
    log: bool = False,
    x: float | None = None,
) -> list[Part]:
    """(name, y, color) of each line, written to the right of its end without hiding another.

    height: of the chart in pixels. limits: of its y-axis. x: where the lines end, the right edge if None.
    """
    scale = np.log10 if log else np.asarray
    low, high = (float(scale(limit)) for limit in limits)
    order = sorted(ends, key=lambda end: end[1])
    wanted = [float(np.clip(scale(max(y, 1e-12) if log else y), low, high)) for _, y, _ in order]
    room = LABEL * (high - low) / max(1.0, height - 75)  # the axis itself is less high than the chart
    at: Part = {"x": 1, "xref": "paper"} if x is None else {"x": x}
    return [
        note(name, **at, y=place, color=color, xanchor="left", xshift=6)
        for (name, _, color), place in zip(order, spread(wanted, room, low, high), strict=True)
    ]


def room_for(names: Iterable[str]) -> Part:
    """The margin that names at the right edge need."""
    return {"r": 18 + 7 * max(map(len, names), default=0)}


def spread(wanted: Sequence[float], room: float, low: float = 0.0, high: float = 1.0) -> list[float]:
    """Ascending places moved as little as needed to lie `room` apart, within low…high if there is space."""
    if not wanted:
        return []
    room = min(room, (high - low) / max(1, len(wanted) - 1))
    steps = np.arange(len(wanted)) * room
    # Places at least `room` apart are steps plus a series that never falls: pool neighbors that would.
    pools: list[tuple[float, int]] = []
    for value in np.asarray(wanted, dtype=float) - steps:
        pools.append((float(value), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (right, many), (left, few) = pools.pop(), pools.pop()
            pools.append(((left * few + right * many) / (few + many), few + many))
    risen = np.concatenate([np.full(count, value) for value, count in pools])
    return [float(place) for place in np.clip(risen, low, high - float(steps[-1])) + steps]


def error(values: ArrayLike, ends: ArrayLike, color: str = AXIS, *, thickness: float = 2, width: float = 5) -> Part:
    """Intervals around values (P,) for `error_x` or `error_y`. ends: (P, 2), from and to, in data units."""
    middle, (low, high) = np.asarray(values, dtype=float), np.asarray(ends, dtype=float).reshape(-1, 2).T
    look = {"type": "data", "symmetric": False, "thickness": thickness, "width": width, "color": color}
    return {**look, "array": high - middle, "arrayminus": middle - low}


def decades(low: float, high: float, digits: Sequence[float] = (1,)) -> dict[float, str]:
    """Marks of a log axis from `low` to `high`, written out: 0.01, 0.1, 1; more of each with digits (1, 2, 5)."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    places = [float(f"{digit}e{power}") for power in powers for digit in digits]
    return {place: f"{place:g}" for place in places if low <= place <= high}


def _said(hover: str | None) -> Part:
    return {"hoverinfo": "skip"} if hover is None else {"hovertemplate": f"{hover}<extra></extra>"}


def _ticked(ticks: Ticks | None) -> Part:
    if ticks is None:
        return {}
    words = {"ticktext": list(ticks.values())} if isinstance(ticks, Mapping) else {}
    return {"tickmode": "array", "tickvals": list(ticks), **words}
