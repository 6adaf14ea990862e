"""Descent on a curve: the ball, the factor of a step, the size of every step."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.animation import add_player
from core.charts.palette import BLUE, GRAY, GREEN, ORANGE, VERMILLION
from core.charts.series import dots, level, line, series, zone
from core.charts.style import AXIS, note

BALL = "white"  # its rim is in the optimizer's color
FAR = 3.0  # sizes of the picture beyond its edge: what is farther off cannot be seen, nor can the line to it
RATES = (0.001, 5.0)
ZONES: Mapping[str, str] = {
    "slow convergence": GRAY,
    "converging": GREEN,
    "oscillating": ORANGE,
    "diverging": VERMILLION,
}
TOP = 1e6  # a walk that runs away leaves the chart here: three hundred powers of ten are no axis
FEW = 300  # points a line


def rolling_figure(
    curve_x: ArrayLike,
    curve_y: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    color: str,
    bottoms: Sequence[tuple[float, float]] = (),
    height: int = 330,
) -> go.Figure:
    """The curve (P,), and the ball at x, y (T,), step 1 first; played, it goes from place to place.

    All places stand as pale dots from the start. The axes show the curve and stay: a ball that leaves them
    is gone, and soon after the animation ends: a browser cannot place what lies 10³⁰ pictures away. color:
    the optimizer's. bottoms: (x, y) of the valleys' bottoms.
    """
    across, upward = np.asarray(curve_x, dtype=float), np.asarray(curve_y, dtype=float)
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    low, high = float(upward.min()), float(upward.max())
    left, right, room = float(across[0]), float(across[-1]), 0.08 * (high - low)
    wide = FAR * (right - left)
    gone = (xs < left - wide) | (xs > right + wide) | (ys > high + FAR * (high - low)) | ~np.isfinite(ys)
    if gone.any():  # up to the first place that nobody could see; the start is always kept
        end = max(1, int(np.argmax(gone)))
        xs, ys = xs[:end], ys[:end]
    places = [f"x = {place:.4g}" for place in xs]
    bottom = {"symbol": "line-ns-open", "line": {"width": 2}}
    bottom_x, bottom_y = [place[0] for place in bottoms], [place[1] for place in bottoms]
    hover = "step %{customdata}<br>x %{x:.6g}<br>f %{y:.6g}"
    fig = series(
        [
            line(across, upward, "f", BLUE, hover="%{y:.4f}"),
            dots(bottom_x, bottom_y, "minimum", GRAY, size=10, marker=bottom, hover="minimum: x %{x:.4f}, f %{y:.4f}"),
            dots(
                xs,
                ys,
                "steps",
                color,
                size=5,
                marker={"opacity": 0.35},
                customdata=np.arange(1, len(xs) + 1),
                hover=hover,
            ),
            line(xs[:1], ys[:1], "path", color, width=1.6, hover=None, mode="lines"),
            dots(
                xs[:1],
                ys[:1],
                "ball",
                BALL,
                size=16,
                marker={"line": {"color": color, "width": 4}},
                mode="markers+text",
                text=places[:1],
                textposition="top center",
                cliponaxis=True,
            ),
        ],
        height=height,
        x_title="x",
        y_title="f(x)",
        x_range=(left, right),
        y_range=(low - room, high + room),
        still=True,
    )
    frames = [
        go.Frame(
            name=str(step),
            traces=[3, 4],
            data=[
                {"type": "scatter", "x": xs[:step], "y": ys[:step]},
                {
                    "type": "scatter",
                    "x": xs[step - 1 : step],
                    "y": ys[step - 1 : step],
                    "text": places[step - 1 : step],
                },
            ],
        )
        for step in range(1, len(xs) + 1)
    ]
    return add_player(fig, frames, pace=350 if len(xs) < 30 else 140)


def rate_zones_figure(
    zones: Sequence[tuple[str, float, float]], lr: float | None, second_derivative: float = 2.0, *, height: int = 270
) -> go.Figure:
    """How large the factor of a step is at every learning rate: |1 − f″ · lr| against lr on a log axis.

    zones: (name, from, to) in rates, shaded and named. lr: the present rate, marked; None where the
    zones do not hold for it.
    """
    rates, top = np.geomspace(*RATES, 400), 2.2
    marks = [level(1, AXIS, width=1.2)]
    for name, start, stop in zones:
        left, right = max(start, RATES[0]), min(stop, RATES[1])
        middle = float(np.log10(left * right)) / 2  # where a mark on a log axis is written
        marks.append(zone(left, right, ZONES[name], opacity=0.13))
        marks.append(note(name, middle, top * 0.98, color=ZONES[name], yanchor="top", textangle=-90))
    traces = [line(rates, np.abs(1 - second_derivative * rates), "|factor|", BLUE)]
    if lr is not None:
        size = abs(1 - second_derivative * lr)
        shape = {"symbol": "circle" if size <= top else "triangle-up", "line": {"color": BLUE, "width": 3.5}}
        hover = f"lr {lr:g}: |factor| {size:.4g}"
        traces.append(dots([lr], [min(size, top)], "now", BALL, size=13, marker=shape, hover=hover, cliponaxis=False))
    return series(
        traces,
        marks,
        height=height,
        x_title="learning rate",
        y_title=f"|1 − {second_derivative:g} · lr|",
        log_x=True,
        x_range=RATES,
        y_range=(-0.04, top),
        x_ticks={tick: f"{tick:g}" for tick in (0.001, 0.01, 0.1, 0.5, 1.0, 5.0)},
        x_axis={"tickangle": 0},
        y_axis={"dtick": 0.5},
        still=True,
    )


def beside_printed_figure(x: ArrayLike, printed: Mapping[int, float], *, height: int = 260) -> go.Figure:
    """|x| (T,) at steps 1…T on a log axis, with the rings of printed: step → x."""
    xs = np.abs(np.asarray(x, dtype=float))
    xs[xs == 0] = np.nan  # has no place on a log axis
    known = np.concatenate([xs[np.isfinite(xs)], list(printed.values())])
    ring = {"symbol": "circle-open", "line": {"width": 2}}
    hover = "<b>book chapter</b>, step %{x}<br>x %{y:.12g}"
    steps, values = list(printed), list(printed.values())
    return series(
        [
            line(np.arange(1, len(xs) + 1), xs, "computed here", BLUE, size=5),
            dots(steps, values, "book chapter", ORANGE, size=13, marker=ring, hover=hover),
        ],
        height=height,
        x_title="step",
        y_title="|x|",
        log_y=True,
        legend=True,
        x_range=(0.4, max(len(xs), *printed) + 0.6),
        y_range=(known.min() / 2, min(known.max() * 2, TOP)),
        y_axis={"dtick": 1},
    )


def lengths_figure(
    lines: Mapping[str, ArrayLike],
    colors: Mapping[str, str],
    *,
    y_title: str,
    updates: int,
    y_range: tuple[float, float] | None = None,
    mark: float | None = None,
    height: int = 260,
) -> go.Figure:
    """lines: name → values (T,) at updates 1…T; zeros have no place on a log axis and are left out.

    mark: a height to mark. updates: where the x axis ends.
    """
    traces = []
    for name, numbers in lines.items():
        values = np.asarray(numbers, dtype=float)
        few = np.unique(np.linspace(0, max(0, len(values) - 1), FEW).round().astype(int))[: len(values)]
        shown = np.where(values > 0, values, np.nan)[few]
        traces.append(line(few + 1, shown, name, colors[name], width=1.8, hover="%{y:.3g}"))
    wide = y_range is not None and y_range[1] > 30 * y_range[0]  # whole decades only, five of them or so
    return series(
        traces,
        [] if mark is None else [level(mark, AXIS, width=1.4)],
        height=height,
        x_title="update",
        y_title=y_title,
        log_y=True,
        x_range=(0, max(1, updates)),
        y_range=y_range,
        y_axis={"dtick": max(1, round(np.log10(y_range[1] / y_range[0]) / 5))} if y_range and wide else None,
    )


def common_range(groups: Sequence[ArrayLike], decades: float = 8.0) -> tuple[float, float]:
    """One range for several log charts: from the smallest to the largest value, at most so many decades.

    groups: numbers in any shape; what is not finite and positive does not count.
    """
    known = np.concatenate([np.ravel(np.asarray(group, dtype=float)) for group in groups] or [np.ones(1)])
    known = known[np.isfinite(known) & (known > 0)]
    if not len(known):
        return 0.1, 10.0
    high = float(min(known.max(), 1e12))
    return max(float(known.min()), high / 10**decades) / 1.5, high * 1.5
