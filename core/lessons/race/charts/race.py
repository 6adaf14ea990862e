"""Networks that race: a line a lane over the training, and over learning rates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.palette import GRAY, optimizer_color
from core.charts.series import band, decades, dots, end_labels, level, line, room_for, series

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "6px,2px,2px,2px", "2px,6px")


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
    line was smoothed, its raw values stand behind it, pale. Names stand at the ends of the lines.
    """
    behind, front = [], []
    shown = {name: lane for name, lane in lines.items() if len(lane.x)}
    for name, lane in shown.items():
        color, dash = looks[name].color, looks[name].dash
        if lane.seeds > 1 and len(lane.x) > 1:
            behind.append(band(lane.x, lane.low, lane.high, color))
        if not np.array_equal(lane.raw, lane.mean):
            behind.append(line(lane.x, lane.raw, name, color, width=1, opacity=0.3, hover=None))
        of = f", mean of {lane.seeds} seeds" if lane.seeds > 1 else ""
        hover = ("%{y:.2%}" if percent_y else "%{y:.4f}") + of
        front.append(line(lane.x, lane.mean, name, color, dash=dash, hover=hover, across=f"{x_title} %{{x:,.6~g}}"))
        if name in fallen:
            cross, hover = {"symbol": "x"}, f"<b>{name}</b> diverged"
            front.append(dots(lane.x[-1:], lane.mean[-1:], name, color, size=11, marker=cross, hover=hover))
    few = y_range[1] > 1000 * y_range[0] > 0  # over more decades a mark at each is enough
    ticks = decades(1e-6, 1000, (1,) if few else (1, 2, 5)) if log_y else None
    if ticks and percent_y:
        ticks = {tick: f"{100 * tick:g}%" for tick in ticks}
    ends = [(name, float(lane.mean[-1]), looks[name].color) for name, lane in shown.items()]
    return series(
        [*behind, *front],
        [*([] if target is None else [level(target, width=1.4)]), *end_labels(ends, height, limits=y_range, log=log_y)],
        height=height,
        x_title=x_title,
        y_title=y_title,
        x_range=(0.0, max(x_end, 1e-9)),
        y_range=y_range,
        log_y=log_y,
        percent_y=percent_y,
        y_ticks=ticks,
        margin=room_for(shown),
    )


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

    Rates at which a run diverged are crosses at the bottom; the best of each lane has a star.
    """
    traces = []
    for name, curve in curves.items():
        color = looks[name].color
        known = {rate: score for rate, score in sorted(curve.items()) if score.mean is not None}
        low, high, mean = ([getattr(score, part) for score in known.values()] for part in ("low", "high", "mean"))
        if len(known) > 1 and low != high:
            traces.append(band(list(known), np.array(low, float), np.array(high, float), color))
        traces.append(line(list(known), mean, name, color, dash=looks[name].dash, size=6, hover="mean %{y:.2%}"))
        best = bests.get(name)
        if best is not None and curve[best].mean is not None:
            star = {"symbol": "star", "line": {"width": 1, "color": GRAY}}
            hover = f"<b>{name}</b> is best at %{{x:.6~g}}: %{{y:.2%}}"
            top = [best], [curve[best].mean], f"{name}, best", color
            traces.append(dots(*top, size=16, marker=star, hover=hover, showlegend=False))
        if fallen := {rate: score for rate, score in sorted(curve.items()) if score.diverged}:
            hover = f"<b>{name}</b> at %{{x:.6~g}}: %{{customdata[0]}} of %{{customdata[1]}} runs diverged"
            crosses = dots(
                list(fallen),
                [0.015] * len(fallen),
                f"{name}, diverged",
                color,
                size=10,
                marker={"symbol": "x"},
                customdata=[[score.diverged, score.runs] for score in fallen.values()],
                hover=hover,
                showlegend=False,
            )
            traces.append(crosses)
    return series(
        traces,
        height=height,
        x_title="learning rate",
        y_title="validation accuracy",
        log_x=True,
        percent_y=True,
        legend=True,
        x_range=(ends[0] / 1.5, ends[1] * 1.5),
        y_range=(0.0, 1.06),
        x_ticks=decades(1e-8, 1e3),
        y_ticks=[0, 0.2, 0.4, 0.6, 0.8, 1.0],
    )
