"""Two accuracies for each name, one below the other, each with its interval: as bars or as dots."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from core.charts.palette import GRAY
from core.charts.style import AXIS, figure
from core.formatting import percent

BREAK = 24  # letters a line of a name may have


@dataclass(frozen=True)
class Twin:
    """One of the two series: its name, its color, and for each row the accuracy and its 95% interval."""

    name: str
    color: str
    accuracy: Sequence[float]
    intervals: Sequence[tuple[float, float]]


def twin_bars_figure(names: Sequence[str], twins: Sequence[Twin], *, guessing: float = 0.1) -> go.Figure:
    """Bars for each of `names`, first on top; a dotted line for guessing. Long names break into lines.

    Accuracies are fractions in [0, 1].
    """
    thick = 0.72 / max(1, len(twins))
    fig = figure(height=88 + 62 * len(names), x_title="read correctly", x_range=(0.0, 1.2), legend=True)
    for place, twin in enumerate(twins):
        at = _rows(names, place, len(twins), thick)
        fig.add_bar(**_values(names, twin, at, AXIS, 1.6), width=0.92 * thick, orientation="h", marker_color=twin.color)
        _written(fig, twin, at)
    fig.add_vline(x=guessing, line_dash="dot", line_width=1.6, line_color=GRAY)
    fig.update_xaxes(tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", fixedrange=True)
    return _named(fig, names, -0.5).update_layout(barmode="overlay")


def twin_dots_figure(names: Sequence[str], twins: Sequence[Twin]) -> go.Figure:
    """A row of dots for each of `names`, first on top; fractions, on an axis that need not begin at zero.

    Use it where intervals are what matters; bars hide the lower half of theirs.
    """
    ends = [low for twin in twins for low, _ in twin.intervals]
    low = max(0.0, min(ends, default=0.0) - 0.03)
    fig = figure(
        height=84 + 46 * len(names), x_title="read correctly", x_range=(low, 1 + 0.12 * (1 - low)), legend=True
    )
    for place, twin in enumerate(twins):
        at = _rows(names, place, len(twins), 0.36)
        marker = {"size": 10, "color": twin.color}
        fig.add_scatter(**_values(names, twin, at, twin.color, 2), mode="markers", marker=marker)
        _written(fig, twin, at)
    fig.update_xaxes(tickformat=".0%", nticks=6, showgrid=True, fixedrange=True)
    return _named(fig, names, -0.6)


def _rows(names: Sequence[str], place: int, of: int, apart: float) -> list[float]:
    """Where the `place`-th of `of` series stands in each row."""
    return [row + (place - (of - 1) / 2) * apart for row in range(len(names))]


def _values(names: Sequence[str], twin: Twin, at: list[float], ink: str, thick: float) -> dict[str, Any]:
    """What a trace of either kind shows: accuracies, their intervals, and both when pointed at."""
    error = {
        "type": "data",
        "symmetric": False,
        "thickness": thick,
        "width": 4,
        "color": ink,
        "array": [high - x for x, (_, high) in zip(twin.accuracy, twin.intervals, strict=True)],
        "arrayminus": [x - low for x, (low, _) in zip(twin.accuracy, twin.intervals, strict=True)],
    }
    return {
        "x": list(twin.accuracy),
        "y": at,
        "name": twin.name,
        "error_x": error,
        "customdata": [(name, *ends) for name, ends in zip(names, twin.intervals, strict=True)],
        "hovertemplate": f"<b>{twin.name}</b>, %{{customdata[0]}}: %{{x:.2%}}<br>95%: "
        "%{customdata[1]:.2%} to %{customdata[2]:.2%}<extra></extra>",
    }


def _written(fig: go.Figure, twin: Twin, at: list[float]) -> None:
    """Each accuracy in words, to the right of its interval."""
    for share, (_, high), y in zip(twin.accuracy, twin.intervals, at, strict=True):
        fig.add_annotation(
            x=high,
            y=y,
            text=percent(share, 0),
            showarrow=False,
            xanchor="left",
            xshift=6,
            font={"color": twin.color, "size": 12},
        )


def _named(fig: go.Figure, names: Sequence[str], top: float) -> go.Figure:
    """Names beside their rows, the first on top."""
    fig.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=["<br>".join(wrap(name, BREAK)) for name in names],
        range=[len(names) - 0.5, top],
        showgrid=False,
        fixedrange=True,
    )
    return fig.update_layout(dragmode=False, legend_traceorder="normal")
