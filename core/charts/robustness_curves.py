"""Accuracy against the strength of a change, one curve a network, each with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from core.charts.band import add_band
from core.charts.palette import GRAY
from core.charts.style import figure

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
