"""Bars and dots with their 95% intervals, in rows or in columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import DIGITS, GRAY, ORANGE, model_color
from core.charts.style import AXIS, figure
from core.formatting import interval, number, percent, probability


def interval_bars_figure(
    names: Sequence[str],
    accuracy: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    colors: Sequence[str],
    *,
    guessing: float = 0.1,
) -> go.Figure:
    """One bar a name, first on top: accuracy (fractions), its 95% interval, a dotted line for guessing."""
    fig = figure(height=70 + 46 * len(names), x_title="test accuracy", x_range=(0.0, 1.22))
    fig.add_bar(
        x=list(accuracy),
        y=list(names),
        orientation="h",
        marker_color=list(colors),
        error_x={
            "type": "data",
            "symmetric": False,
            "thickness": 2,
            "width": 5,
            "color": AXIS,
            "array": [high - share for share, (_, high) in zip(accuracy, intervals, strict=True)],
            "arrayminus": [share - low for share, (low, _) in zip(accuracy, intervals, strict=True)],
        },
        customdata=list(intervals),
        hovertemplate="%{y}: %{x:.2%}<br>95%: %{customdata[0]:.2%} to %{customdata[1]:.2%}<extra></extra>",
    )
    for name, share, (_, high) in zip(names, accuracy, intervals, strict=True):
        fig.add_annotation(x=high, y=name, text=f"<b>{percent(share)}</b>", showarrow=False, xanchor="left", xshift=8)
    fig.add_vline(x=guessing, line_dash="dot", line_width=1.6, line_color=GRAY)
    fig.update_xaxes(tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", fixedrange=True)
    fig.update_yaxes(type="category", autorange="reversed", showgrid=False, fixedrange=True)
    return fig.update_layout(bargap=0.35, dragmode=False)


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


def digit_accuracy_figure(
    accuracy: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    counts: Sequence[int],
    overall: float,
    *,
    height: int = 300,
) -> go.Figure:
    """accuracy (10,) as fractions with 95% intervals and image counts; a line at the overall accuracy.

    Dots, not bars: the axis begins where the intervals do, and a bar would lie about its length.
    """
    low = min(min(bottom for bottom, _ in intervals), overall)
    room = 0.06 * (1 - low) or 0.01
    fig = figure(
        height=height,
        x_title="digit",
        y_title="read correctly",
        percent_y=True,
        x_range=(-0.6, len(accuracy) - 0.4),
        y_range=(max(0.0, low - room), 1.0 + room),
    )
    for digit, (share, (bottom, high), count) in enumerate(zip(accuracy, intervals, counts, strict=True)):
        fig.add_scatter(
            x=[digit],
            y=[share],
            mode="markers",
            name=str(digit),
            marker={"size": 12, "color": DIGITS[digit]},
            error_y={
                "type": "data",
                "array": [high - share],
                "arrayminus": [share - bottom],
                "thickness": 3,
                "width": 6,
                "color": DIGITS[digit],
            },
            hovertemplate=f"<b>{digit}</b> {percent(share, 2)} of {count:,} images"
            f"<br>95% interval {interval(bottom, high, 2)}<extra></extra>",
        )
    fig.add_hline(y=overall, line_dash="dot", line_width=1.6, line_color=GRAY)
    fig.add_annotation(
        x=1,
        xref="paper",
        y=overall,
        text=f"all<br>{percent(overall)}",
        showarrow=False,
        align="left",
        xanchor="left",
        xshift=6,
        font_size=12,
    )
    fig.update_layout(margin_r=58)
    fig.update_xaxes(tickmode="linear", dtick=1)
    return fig.update_layout(dragmode=False)


class Scored(Protocol):
    """What is drawn of a run: fractions in [0, 1]."""

    @property
    def test_accuracy(self) -> float | None: ...
    @property
    def ci_low(self) -> float | None: ...
    @property
    def ci_high(self) -> float | None: ...


def record_figure(runs: Sequence[tuple[str, str, Scored]]) -> go.Figure:
    """(label, recipe id, run) from top to bottom; the dot's color is the recipe's."""
    fig = figure(height=80 + 44 * max(1, len(runs)), x_title="test accuracy")
    rows = [(label, recipe, run) for label, recipe, run in runs if run.test_accuracy is not None]
    x = np.array([run.test_accuracy for _, _, run in rows], dtype=float)
    low = np.array([run.ci_low for _, _, run in rows], dtype=float)
    high = np.array([run.ci_high for _, _, run in rows], dtype=float)
    places = list(range(len(rows)))
    fig.add_scatter(
        x=x,
        y=places,
        mode="markers",
        marker={"size": 10, "color": [model_color(recipe) for _, recipe, _ in rows]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": high - x,
            "arrayminus": x - low,
            "thickness": 1.6,
            "color": AXIS,
        },
        customdata=np.stack([low, high], axis=1) if len(rows) else None,
        hovertemplate="%{x:.2%} (95%: %{customdata[0]:.2%} to %{customdata[1]:.2%})<extra></extra>",
    )
    fig.update_xaxes(tickformat=".1~%", showgrid=True, nticks=6)
    for place, (label, _, _), accuracy in zip(
        places, rows, x.tolist(), strict=True
    ):  # inside the chart: a phone has no margin
        fig.add_annotation(
            x=0,
            xref="paper",
            y=place,
            text=f"<b>{percent(accuracy)}</b>  {label}",
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            yshift=6,
            font_size=12,
        )
    fig.update_yaxes(visible=False, range=[len(rows) - 0.5, -0.8])
    return fig


def before_after_figure(
    before: Sequence[float],
    after: Sequence[float],
    *,
    height: int = 260,
    names: tuple[str, str] = ("untouched", "edited"),
) -> go.Figure:
    """before, after (10,): probabilities of one image's reading; gray and orange, called `names`."""
    digits = [str(digit) for digit in range(len(before))]
    fig = figure(
        height=height, x_title="digit", y_title="probability", y_range=(0.0, 1.02), percent_y=True, legend=True
    )
    for name, values, color in ((names[0], before, GRAY), (names[1], after, ORANGE)):
        fig.add_bar(
            x=digits,
            y=list(values),
            name=name,
            marker_color=color,
            hovertemplate=f"%{{x}} {name}: %{{y:.2%}}<extra></extra>",
        )
    fig.update_xaxes(type="category")
    return fig.update_layout(barmode="group", dragmode=False, bargroupgap=0.08)


def bars(
    values: ArrayLike, names: Sequence[str], colors: Sequence[str], *, height: int = 240, percent: bool = True
) -> go.Figure:
    """Horizontal bars, first name on top, the value written beside each; a percent axis is fixed at 0-100%.

    values: (B,), fractions where `percent`; names, colors: B of them.
    For ten probabilities: `bars(p, [str(d) for d in range(10)], palette.DIGITS)`.
    """
    numbers = np.asarray(values, dtype=float)
    top = 1.0 if percent else float(np.nanmax(numbers, initial=0.0)) or 1.0
    fig = figure(height=height, x_range=(0.0, top * 1.14))
    fig.add_bar(
        x=numbers,
        y=list(names),
        orientation="h",
        marker_color=list(colors),
        cliponaxis=False,
        text=[_beside(v, percent) for v in numbers],
        textposition="outside",
        customdata=[probability(v) if percent else number(v, 4) for v in numbers],
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    fig.update_xaxes(visible=False, fixedrange=True)
    fig.update_yaxes(type="category", autorange="reversed", showgrid=False, fixedrange=True)
    return fig.update_layout(margin={"l": 8, "r": 8, "t": 4, "b": 4}, bargap=0.3, dragmode=False)


def _beside(value: float, percent: bool) -> str:
    """A bar's number; nothing beside bars too short to see, where "0.0%" ten times over is clutter."""
    if not percent:
        return number(value)
    return probability(value) if value >= 0.001 else ""
