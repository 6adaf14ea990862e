"""Networks that race: a line an optimizer over the training, and over learning rates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.palette import GRAY, optimizer_color
from core.charts.series import add_band
from core.charts.style import LINE_WIDTH, figure

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "6px,2px,2px,2px", "2px,6px")
LABEL = 15  # pixels that a name needs for itself


class LineLike(Protocol):
    """What is drawn of a lane: its values at the places x, each (P,)."""

    @property
    def x(self) -> NDArray[np.float64]: ...
    @property
    def mean(self) -> NDArray[np.float64]: ...
    @property
    def low(self) -> NDArray[np.float64]: ...
    @property
    def high(self) -> NDArray[np.float64]: ...
    @property
    def raw(self) -> NDArray[np.float64]: ...
    @property
    def seeds(self) -> int: ...


@dataclass(frozen=True)
class Look:
    """How a lane is drawn: its optimizer's color, and a dash that tells two of the same optimizer apart."""

    color: str
    dash: str

    @classmethod
    def of(cls, optimizer: str, occurrence: int = 0) -> "Look":
        """occurrence: which lane of this optimizer it is, from 0."""
        return cls(optimizer_color(optimizer), DASHES[occurrence % len(DASHES)])


def race_figure(
    lines: Mapping[str, LineLike],
    looks: Mapping[str, Look],
    *,
    x_title: str,
    y_title: str,
    x_end: float,
    y_range: tuple[float, float],
    log_y: bool = False,
    percent_y: bool = False,
    target: float | None = None,
    fallen: Sequence[str] = (),
    height: int = 320,
) -> go.Figure:
    """lines, looks: lane → its curve, its look. x_end, y_range: ends of the axes, which stand still.

    target: a level to point out. fallen: lanes that diverged; a cross marks where their line ends. Where a
    line was smoothed, its raw values stand behind it, pale.
    """
    fig = figure(
        height=height,
        x_title=x_title,
        y_title=y_title,
        x_range=(0.0, max(x_end, 1e-9)),
        y_range=y_range,
        log_y=log_y,
        percent_y=percent_y,
    )
    if log_y:
        ticks = [digit * 10.0**power for power in range(-6, 3) for digit in (1, 2, 5)]
        fig.update_yaxes(tickvals=ticks, ticktext=[f"{100 * v:g}%" if percent_y else f"{v:g}" for v in ticks])
    shown = {name: line for name, line in lines.items() if len(line.x)}
    for name, line in shown.items():
        look = looks[name]
        if line.seeds > 1 and len(line.x) > 1:
            add_band(fig, line.x, line.low, line.high, look.color)
        if not np.array_equal(line.raw, line.mean):
            fig.add_scatter(
                x=line.x,
                y=line.raw,
                mode="lines",
                line={"color": look.color, "width": 1},
                opacity=0.3,
                hoverinfo="skip",
            )
    for name, line in shown.items():
        look, value = looks[name], "%{y:.2%}" if percent_y else "%{y:.4f}"
        of = f", mean of {line.seeds} seeds" if line.seeds > 1 else ""
        fig.add_scatter(
            x=line.x,
            y=line.mean,
            name=name,
            mode="lines" if len(line.x) > 1 else "markers",
            line={"color": look.color, "dash": look.dash, "width": LINE_WIDTH},
            marker={"color": look.color, "size": 7},
            hovertemplate=f"<b>{name}</b> {value}{of}<br>{x_title} %{{x:,.6~g}}<extra></extra>",
        )
        if name in fallen:
            fig.add_scatter(
                x=line.x[-1:],
                y=line.mean[-1:],
                mode="markers",
                marker={"symbol": "x", "size": 11, "color": look.color},
                hovertemplate=f"<b>{name}</b> diverged<extra></extra>",
            )
    if target is not None:
        fig.add_hline(y=target, line_dash="dot", line_width=1.4, line_color=GRAY)
    _names(fig, shown, looks, y_range, log_y, height)
    return fig


def apart(places: Sequence[float], least: float) -> list[float]:
    """The places moved as little as needed until neighbors are `least` apart, in the same order."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    groups: list[list[int]] = []
    for i in order:
        groups.append([i])
        while len(groups) > 1 and _bottom(groups[-1], places, least) < _top(groups[-2], places, least) + least:
            last = groups.pop()
            groups[-1] = [*groups[-1], *last]
    moved = list(places)
    for group in groups:
        start = _bottom(group, places, least)
        for k, i in enumerate(group):
            moved[i] = start + k * least
    return moved


def _bottom(group: list[int], places: Sequence[float], least: float) -> float:
    return sum(places[i] for i in group) / len(group) - least * (len(group) - 1) / 2


def _top(group: list[int], places: Sequence[float], least: float) -> float:
    return _bottom(group, places, least) + least * (len(group) - 1)


def _names(
    fig: go.Figure,
    lines: Mapping[str, LineLike],
    looks: Mapping[str, Look],
    y_range: tuple[float, float],
    log_y: bool,
    height: int,
) -> None:
    """Each lane's name beside the right edge, at the height of its line's end, none over another."""
    if not lines:
        return
    scale = np.log10 if log_y else np.asarray
    low, high = (float(scale(v)) for v in y_range)
    pixels = height - 75  # the axis itself, without margins and title
    ends = [np.clip((float(scale(max(v.mean[-1], 1e-9))) - low) / (high - low), 0, 1) for v in lines.values()]
    for name, place in zip(lines, apart([float(end) * pixels for end in ends], LABEL), strict=True):
        fig.add_annotation(
            x=1.0,
            y=min(max(place / pixels, 0.02), 1.0),
            xref="paper",
            yref="paper",
            text=name,
            showarrow=False,
            xanchor="left",
            yanchor="middle",
            xshift=5,
            font={"color": looks[name].color, "size": 13},
        )
    fig.update_layout(margin_r=18 + 8 * max(map(len, lines)))


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
