"""Lines over an axis, with bands, names at their ends and marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import GRAY, VERMILLION, pale
from core.charts.style import LINE_WIDTH, figure
from core.formatting import number


def add_band(
    fig: go.Figure, x: ArrayLike, low: ArrayLike, high: ArrayLike, color: str, *, share: float = 0.18, **more: Any
) -> go.Figure:
    """Fill between low (P,) and high (P,) over x (P,), in data units; it is in no legend and says nothing.

    share: how much of the color is left, in [0, 1]. more: settings of the trace, such as its subplot.
    """
    places, down, up = np.asarray(x), np.asarray(low), np.asarray(high)
    return fig.add_scatter(
        x=np.concatenate([places, places[::-1]]),
        y=np.concatenate([up, down[::-1]]),
        fill="toself",
        mode="lines",
        line_width=0,
        fillcolor=pale(color, share),
        hoverinfo="skip",
        showlegend=False,
        **more,
    )


def add_line(
    fig: go.Figure,
    x: ArrayLike,
    y: ArrayLike,
    *,
    name: str,
    color: str,
    label: bool = True,
    dash: str = "solid",
    width: float = LINE_WIDTH,
    opacity: float = 1.0,
    hover: str = "%{y:.4g}",
) -> go.Figure:
    """A curve y (P,) over x (P,) with its name written at its right end, which reads faster than a legend.

    hover: what is said of a point; %{text} is y written for people, where that may be a small power of ten.
    """
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    x_name = fig.layout.xaxis.title.text or "x"
    fig.add_scatter(
        x=xs,
        y=ys,
        name=name,
        mode="lines" if len(xs) > 1 else "markers",
        opacity=opacity,
        line={"color": color, "width": width, "dash": dash},
        marker={"color": color, "size": 7},
        hovertemplate=f"<b>{name}</b> {hover}<br>{x_name} %{{x:.6g}}<extra></extra>",
        text=[number(float(y)) for y in ys] if "%{text}" in hover else None,
    )
    known = np.flatnonzero(np.isfinite(ys))
    if label and len(known):
        end = known[-1]
        direct_label(fig, xs[end], ys[end], name, color)
    return fig


def direct_label(fig: go.Figure, x: float, y: float, text: str, color: str) -> go.Figure:
    """Write `text` to the right of the point (x, y), given in data units even on log axes."""
    if fig.layout.xaxis.type == "log":
        x = float(np.log10(x))
    if fig.layout.yaxis.type == "log":
        y = float(np.log10(y))
    fig.add_annotation(
        x=x, y=y, text=text, showarrow=False, xanchor="left", xshift=6, font={"color": color, "size": 13}
    )
    if fig.layout.xaxis.range:  # an axis that scales itself leaves room for its labels
        fig.update_layout(margin_r=max(fig.layout.margin.r or 0, 14 + 8 * len(text)))
    return fig


LINE = 17  # screen pixels between two names


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
    guessing: float = 0.1,
    height: int = 380,
) -> go.Figure:
    """The curves over a fixed range, so that nothing jumps while they grow; dotted lines at the strength
    `marked` and at the accuracy of `guessing`.

    Names stand at the right, spread so that none hides another, in the order in which the curves end.
    """
    fig = figure(
        height=height, x_title=x_title, y_title="read correctly", percent_y=True, x_range=x_range, y_range=(0.0, 1.02)
    )
    for curve in curves:
        add_band(fig, curve.strengths, curve.low, curve.high, curve.color, share=0.16)
    for curve in curves:
        fig.add_scatter(
            x=list(curve.strengths),
            y=list(curve.accuracy),
            name=curve.name,
            mode="lines+markers",
            line={"color": curve.color, "width": 3.4 if curve.main else 2.0, "dash": curve.dash},
            marker={"size": 6 if curve.main else 4},
            customdata=list(zip(curve.low, curve.high, strict=True)),
            hovertemplate=f"<b>{curve.name}</b> %{{y:.2%}}<br>95%: %{{customdata[0]:.2%}} to "
            f"%{{customdata[1]:.2%}}<br>{x_title} %{{x:g}}<extra></extra>",
        )
    fig.add_vline(x=marked, line_dash="dot", line_width=1.6, line_color=GRAY)
    fig.add_hline(y=guessing, line_dash="dot", line_width=1.2, line_color=GRAY)
    return _names(fig, [curve for curve in curves if len(curve.strengths)], height)


def _names(fig: go.Figure, curves: Sequence[StrengthCurve], height: int) -> go.Figure:
    if not curves:
        return fig
    order = sorted(curves, key=lambda curve: curve.accuracy[-1])
    room = LINE / max(1.0, height - 70)  # in units of the axis, which is about 1 high
    places = spread([curve.accuracy[-1] for curve in order], room)
    for curve, place in zip(order, places, strict=True):
        fig.add_annotation(
            x=1,
            xref="paper",
            y=place,
            text=f"<b>{curve.name}</b>" if curve.main else curve.name,
            showarrow=False,
            xanchor="left",
            xshift=6,
            font={"color": curve.color, "size": 12},
        )
    longest = max(len(curve.name) + curve.main for curve in curves)
    return fig.update_layout(margin_r=16 + round(7 * longest))


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


POINTS = 300


def found_figure(found: ArrayLike, count: int, *, height: int = 250) -> go.Figure:
    """found: (N,) how many were found among the first 1, 2, … N looked at; `count` of them are looked at now.

    Luck finds evenly: its line is straight. The best possible search would find one with every look.
    """
    values = np.asarray(found, dtype=float)
    n, total = len(values), float(values[-1]) if len(values) else 0.0
    looked = np.unique(np.concatenate([np.geomspace(1, max(n, 1), POINTS).astype(int), [count]]))
    looked = looked[(looked >= 1) & (looked <= n)]
    right = min(n, max(int(3 * total), count, 10))
    fig = figure(
        height=height,
        x_title="training images looked at",
        y_title="wrong labels found",
        x_range=(0, right),
        y_range=(0, 1.2 * total or 1),
    )
    luck = np.array([0, right])
    fig.add_scatter(
        x=luck,
        y=luck * total / max(n, 1),
        mode="lines",
        name="luck",
        hoverinfo="skip",
        showlegend=False,
        line={"color": GRAY, "width": 1.6, "dash": "dot"},
    )
    best = [0, total, right]
    fig.add_scatter(
        x=best,
        y=[0, total, total],
        mode="lines",
        name="best possible",
        hoverinfo="skip",
        showlegend=False,
        line={"color": GRAY, "width": 1.2},
    )
    shown = looked[looked <= right]
    add_line(
        fig, shown, values[shown - 1], name="found", color=VERMILLION, label=False, hover=f"%{{y:,}} of {total:,.0f}"
    )
    if 1 <= count <= n:
        fig.add_scatter(
            x=[count],
            y=[values[count - 1]],
            mode="markers",
            showlegend=False,
            hoverinfo="skip",
            marker={"color": VERMILLION, "size": 10},
        )
    end = right * total / max(n, 1)  # of luck; its name stands below it, away from what was found
    below = "top" if end > 0.15 * total else "bottom"
    for y, text, anchor in ((end, "by luck", below), (total, "best possible", "bottom")):
        fig.add_annotation(
            x=right, y=y, text=text, showarrow=False, xanchor="right", yanchor=anchor, font={"color": GRAY, "size": 12}
        )
    return fig.update_xaxes(tickformat=",")
