"""Accuracy against the learning rate, one line a network, with the band of its seeds."""

from collections.abc import Mapping
from typing import Protocol

import plotly.graph_objects as go

from core.charts.band import add_band
from core.charts.palette import GRAY
from core.charts.style import add_line, figure


class SpreadLike(Protocol):
    """What is drawn at one rate: accuracies as fractions, and how many runs diverged."""

    @property
    def mean(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def runs(self) -> int: ...
    @property
    def diverged(self) -> int: ...


def rate_curves_figure(
    curves: Mapping[str, Mapping[float, SpreadLike]],
    colors: Mapping[str, str],
    rates: tuple[float, float],
    *,
    marked: float | None = None,
    height: int = 330,
) -> go.Figure:
    """curves: name in the legend → rate → spread. rates: ends of the logarithmic axis, which stands still.

    marked: a rate to point out, the text's own. Runs that diverged are crosses at the level of guessing.
    """
    fig = figure(
        height=height,
        x_title="learning rate",
        y_title="test accuracy after one epoch",
        log_x=True,
        percent_y=True,
        legend=True,
        x_range=(rates[0] / 1.3, rates[1] * 1.3),
        y_range=(0.0, 1.02),
    )
    for name, curve in curves.items():
        if not curve:
            continue
        x = list(curve)
        if len(x) > 1:
            low, high = ([getattr(s, end) for s in curve.values()] for end in ("low", "high"))
            add_band(fig, x, low, high, colors[name])
        add_line(
            fig, x, [s.mean for s in curve.values()], name=name, color=colors[name], label=False, hover="mean %{y:.2%}"
        )
        fig.data[-1].mode = "lines+markers"
        fig.data[-1].marker.size = 6
        fallen = [(rate, s) for rate, s in curve.items() if s.diverged]
        if fallen:
            fig.add_scatter(
                x=[rate for rate, _ in fallen],
                y=[s.low for _, s in fallen],
                mode="markers",
                name=f"{name}: diverged",
                showlegend=False,
                marker={"symbol": "x", "size": 11, "color": colors[name]},
                customdata=[[s.diverged, s.runs] for _, s in fallen],
                hovertemplate=f"<b>{name}</b>: %{{customdata[0]}} of %{{customdata[1]}} runs diverged<extra></extra>",
            )
    fig.add_hline(y=0.1, line_dash="dot", line_width=1.4, line_color=GRAY)
    if marked is not None:
        fig.add_vline(x=marked, line_dash="dot", line_width=1.4, line_color=GRAY)
    ticks = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
    return fig.update_xaxes(tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks], tickangle=0)
