"""Accuracy against the learning rate, a line an optimizer, the best of each marked."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import plotly.graph_objects as go

from core.charts.band import add_band
from core.charts.palette import GRAY
from core.charts.style import LINE_WIDTH, figure
from core.lessons.race.charts.race_curves import Look


class ScoreLike(Protocol):
    """What is drawn at one rate: accuracies as fractions, None where every run diverged."""

    @property
    def mean(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def runs(self) -> int: ...
    @property
    def diverged(self) -> int: ...


def rate_bests_figure(
    curves: Mapping[str, Mapping[float, ScoreLike]],
    looks: Mapping[str, Look],
    bests: Mapping[str, float | None],
    ends: tuple[float, float],
    *,
    height: int = 340,
) -> go.Figure:
    """curves: lane → rate → score. bests: lane → its best rate. ends: of the logarithmic axis of the rates.

    Rates at which a run diverged are crosses at the bottom.
    """
    fig = figure(
        height=height,
        x_title="learning rate",
        y_title="validation accuracy",
        log_x=True,
        percent_y=True,
        legend=True,
        x_range=(ends[0] / 1.5, ends[1] * 1.5),
        y_range=(0.0, 1.06),
    )
    fig.update_yaxes(tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1.0])
    decades = [10.0**power for power in range(-8, 4)]
    fig.update_xaxes(tickvals=decades, ticktext=[f"{rate:g}" for rate in decades])
    outline = {"width": 1, "color": GRAY}
    for name, curve in curves.items():
        look = looks[name]
        known = [(rate, s) for rate, s in sorted(curve.items()) if s.mean is not None]
        x = [rate for rate, _ in known]
        if len(x) > 1 and any(s.low != s.high for _, s in known):
            low, high = np.array([(s.low, s.high) for _, s in known], dtype=float).T
            add_band(fig, x, low, high, look.color)
        fig.add_scatter(
            x=x,
            y=[s.mean for _, s in known],
            name=name,
            mode="lines+markers",
            showlegend=True,
            line={"color": look.color, "dash": look.dash, "width": LINE_WIDTH},
            marker={"color": look.color, "size": 6},
            hovertemplate=f"<b>{name}</b> at %{{x:.6~g}}: mean %{{y:.2%}}<extra></extra>",
        )
        best = bests.get(name)
        if best is not None and (score := curve[best]).mean is not None:
            fig.add_scatter(
                x=[best],
                y=[score.mean],
                mode="markers",
                name=f"{name}, best",
                showlegend=False,
                marker={"symbol": "star", "size": 16, "color": look.color, "line": outline},
                hovertemplate=f"<b>{name}</b> is best at %{{x:.6~g}}: %{{y:.2%}}<extra></extra>",
            )
        if fallen := [(rate, s) for rate, s in sorted(curve.items()) if s.diverged]:
            fig.add_scatter(
                x=[rate for rate, _ in fallen],
                y=[0.015] * len(fallen),
                mode="markers",
                showlegend=False,
                name=f"{name}, diverged",
                marker={"symbol": "x", "size": 10, "color": look.color},
                customdata=[[s.diverged, s.runs] for _, s in fallen],
                hovertemplate=f"<b>{name}</b> at %{{x:.6~g}}: %{{customdata[0]}} of %{{customdata[1]}} runs "
                "diverged<extra></extra>",
            )
    return fig
