"""Descent on a curve: the ball, the factor of a step, the size of every step."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.animation import add_player
from core.charts.palette import BLUE, GRAY, GREEN, ORANGE, VERMILLION
from core.charts.series import add_line
from core.charts.style import AXIS, figure

BALL = "white"  # its rim is in the optimizer's color
FAR = 3.0  # sizes of the picture beyond its edge: what is farther off cannot be seen, nor can the line to it


def rolling_figure(
    curve_x: ArrayLike,
    curve_y: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    color: str,
    bottoms: Sequence[tuple[float, float]] = (),
    height: int = 370,
) -> go.Figure:
    """The curve (P,), and the ball at x, y (T,), step 1 first; played, it goes from place to place.

    All places stand as pale dots from the start. The axes show the curve and stay: a ball that leaves them
    is gone, and soon after the film ends: a browser cannot place what lies 10³⁰ pictures away. color: the
    optimizer's. bottoms: (x, y) of the valleys' bottoms.
    """
    across, upward = np.asarray(curve_x, dtype=float), np.asarray(curve_y, dtype=float)
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    low, high = float(upward.min()), float(upward.max())
    xs, ys = _until_gone(xs, ys, float(across[0]), float(across[-1]), high + FAR * (high - low))
    room = 0.08 * (high - low)
    fig = figure(
        height=height,
        x_title="x",
        y_title="f(x)",
        x_range=(float(across[0]), float(across[-1])),
        y_range=(low - room, high + room),
    )
    add_line(fig, across, upward, name="f", color=BLUE, label=False, hover="%{y:.4f}")
    fig.add_scatter(
        x=[place[0] for place in bottoms],
        y=[place[1] for place in bottoms],
        mode="markers",
        name="bottom",
        marker={"symbol": "line-ns-open", "size": 10, "color": GRAY, "line_width": 2},
        hovertemplate="a bottom: x %{x:.4f}, f %{y:.4f}<extra></extra>",
    )
    fig.add_scatter(
        x=xs,
        y=ys,
        mode="markers",
        name="steps",
        marker={"size": 5, "color": color, "opacity": 0.35},
        customdata=np.arange(1, len(xs) + 1),
        hovertemplate="step %{customdata}<br>x %{x:.6g}<br>f %{y:.6g}<extra></extra>",
    )
    moving = len(fig.data)
    fig.add_scatter(x=xs[:1], y=ys[:1], mode="lines", name="way", line={"color": color, "width": 1.6}, hoverinfo="skip")
    fig.add_scatter(
        x=[float(xs[0])],
        y=[float(ys[0])],
        mode="markers+text",
        name="ball",
        text=[_place(xs[0])],
        textposition="top center",
        marker={"size": 16, "color": BALL, "line": {"color": color, "width": 4}},
        hoverinfo="skip",
        cliponaxis=True,
    )
    frames = [
        go.Frame(
            name=str(step + 1),
            traces=[moving, moving + 1],
            data=[
                {"type": "scatter", "x": xs[: step + 1], "y": ys[: step + 1]},
                {"type": "scatter", "x": [float(xs[step])], "y": [float(ys[step])], "text": [_place(xs[step])]},
            ],
        )
        for step in range(len(xs))
    ]
    fig.update_xaxes(fixedrange=True)
    fig.update_yaxes(fixedrange=True)
    return add_player(fig, frames, pace=350 if len(xs) < 30 else 140).update_layout(dragmode=False)


def _until_gone(
    xs: NDArray[np.float64], ys: NDArray[np.float64], left: float, right: float, top: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places up to the first that nobody could see; the start is always kept."""
    wide = FAR * (right - left)
    gone = np.flatnonzero((xs < left - wide) | (xs > right + wide) | (ys > top) | ~np.isfinite(ys))
    end = max(1, int(gone[0])) if len(gone) else len(xs)
    return xs[:end], ys[:end]


def _place(x: float) -> str:
    return f"x = {x:.4g}"


LIMITS = (0.001, 5.0)
COLORS: Mapping[str, str] = {"crawling": GRAY, "straight down": GREEN, "oscillating": ORANGE, "diverging": VERMILLION}


def rate_zones_figure(
    zones: Sequence[tuple[str, float, float]], lr: float | None, bend: float = 2.0, *, height: int = 270
) -> go.Figure:
    """|1 − bend · lr| against lr on a log axis.

    zones: (name, from, to) in rates, shaded and named. lr: the present rate, marked; None where the
    zones do not hold for it.
    """
    rates = np.geomspace(*LIMITS, 400)
    top = 1.6
    fig = figure(
        height=height,
        x_title="learning rate",
        y_title=f"|1 − {bend:g} · lr|",
        log_x=True,
        x_range=LIMITS,
        y_range=(-0.04, top),
    )
    for name, low, high in zones:
        left, right = max(low, LIMITS[0]), min(high, LIMITS[1])
        fig.add_vrect(x0=left, x1=right, fillcolor=COLORS[name], opacity=0.13, line_width=0, layer="below")
        fig.add_annotation(
            x=(np.log10(left) + np.log10(right)) / 2,
            y=top * 0.98,
            yanchor="top",
            text=name,
            textangle=-90,
            showarrow=False,
            font={"color": COLORS[name], "size": 12},
        )
    fig.add_hline(y=1, line_dash="dot", line_width=1.2, line_color=AXIS)
    add_line(fig, rates, np.abs(1 - bend * rates), name="|factor|", color=BLUE, label=False)
    if lr is not None:
        size = abs(1 - bend * lr)
        fig.add_scatter(
            x=[lr],
            y=[min(size, top)],
            mode="markers",
            name="now",
            cliponaxis=False,
            marker={
                "size": 13,
                "color": "white",
                "line": {"color": BLUE, "width": 3.5},
                "symbol": "circle" if size <= top else "triangle-up",
            },
            hovertemplate=f"lr {lr:g}: |factor| {size:.4g}<extra></extra>",
        )
    ticks = [0.001, 0.01, 0.1, 0.5, 1.0, 5.0]
    fig.update_xaxes(tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks], tickangle=0, fixedrange=True)
    return fig.update_yaxes(dtick=0.5, fixedrange=True).update_layout(dragmode=False)


TOP = 1e6  # a walk that runs away leaves the chart here: three hundred powers of ten are no axis


def beside_printed_figure(x: ArrayLike, printed: Mapping[int, float], *, height: int = 260) -> go.Figure:
    """|x| (T,) at steps 1…T on a log axis, with the rings of printed: step → x."""
    xs = np.abs(np.asarray(x, dtype=float))
    xs[xs == 0] = np.nan  # has no place on a log axis
    known = np.concatenate([xs[np.isfinite(xs)], list(printed.values())])
    fig = figure(
        height=height,
        x_title="step",
        y_title="|x|",
        log_y=True,
        legend=True,
        x_range=(0.4, max(len(xs), *printed) + 0.6),
        y_range=(known.min() / 2, min(known.max() * 2, TOP)),
    )
    fig.update_yaxes(dtick=1, title_standoff=16)
    add_line(fig, np.arange(1, len(xs) + 1), xs, name="computed here", color=BLUE, label=False)
    fig.data[-1].update(mode="lines+markers", marker_size=5)
    fig.add_scatter(
        x=list(printed),
        y=list(printed.values()),
        mode="markers",
        name="the chapter's numbers",
        marker={"symbol": "circle-open", "size": 13, "color": ORANGE, "line_width": 2},
        hovertemplate="<b>the chapter</b>, step %{x}<br>x %{y:.12g}<extra></extra>",
    )
    return fig


FEW = 300  # points a line


def lengths_figure(
    lines: Mapping[str, ArrayLike],
    colors: Mapping[str, str],
    *,
    y_title: str,
    updates: int,
    y_range: tuple[float, float] | None = None,
    level: float | None = None,
    height: int = 260,
) -> go.Figure:
    """lines: name → values (T,) at updates 1…T; zeros have no place on a log axis and are left out.

    level: a height to mark. updates: where the x axis ends.
    """
    fig = figure(
        height=height, x_title="update", y_title=y_title, log_y=True, x_range=(0, max(1, updates)), y_range=y_range
    )
    fig.update_yaxes(title_standoff=16)
    if y_range is not None and y_range[1] > 30 * y_range[0]:  # whole decades only, five of them or so
        fig.update_yaxes(dtick=max(1, round(np.log10(y_range[1] / y_range[0]) / 5)))
    for name, line in lines.items():
        values = np.asarray(line, dtype=float)
        few = np.unique(np.linspace(0, max(0, len(values) - 1), FEW).round().astype(int))[: len(values)]
        shown = np.where(values > 0, values, np.nan)
        add_line(fig, few + 1, shown[few], name=name, color=colors[name], label=False, width=1.8, hover="%{y:.3g}")
    if level is not None:
        fig.add_hline(y=level, line_dash="dot", line_width=1.4, line_color=AXIS)
    return fig


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
