"""Accuracies with their 95% intervals, as bars or dots in rows and as dots in columns; bars of plain numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import DIGITS, GRAY, ORANGE
from core.charts.series import bar, dots, error, level, series, upright
from core.charts.style import AXIS, Part, note
from core.formatting import interval, number, percent, probability

BREAK = 24  # letters a line of a name may have
Interval = tuple[float, float]


@dataclass(frozen=True)
class Accuracies:
    """A value for each row, in one color or each in its own, as fractions with their 95% intervals."""

    values: Sequence[float]
    ends: Sequence[Interval]
    color: str | Sequence[str]
    name: str = ""


def intervals(
    names: Sequence[str],
    *groups: Accuracies,
    as_dots: bool = False,
    inside: bool = False,
    chance: float | None = 0.1,
    x_title: str = "test accuracy",
) -> go.Figure:
    """A row for each of `names`, first on top, in it a bar of each group, its interval and its number.

    as_dots: where intervals are what matters, for bars hide the lower half of theirs; the axis then need not
    begin at zero, and has no line at `chance`. inside: names stand above their dots, for a phone has no
    margin. Long names break into lines.
    """
    several = len(groups) > 1
    apart = 0 if not several else 0.36 if as_dots else 0.72 / len(groups)
    traces, marks = [], [] if as_dots or chance is None else [upright(chance)]
    for place, group in enumerate(groups):
        rows = [row + (place - (len(groups) - 1) / 2) * apart for row in range(len(names))]
        ink, thickness = (group.color, 2) if as_dots and isinstance(group.color, str) else (AXIS, 1.8)
        more: Part = {
            "error_x": error(group.values, group.ends, ink, thickness=thickness, width=4),
            "customdata": [(name, *ends) for name, ends in zip(names, group.ends, strict=True)],
            "hover": (f"<b>{group.name}</b>, " if several else "")
            + "%{customdata[0]}: %{x:.2%}<br>95%: %{customdata[1]:.2%} to %{customdata[2]:.2%}",
        }
        if as_dots:
            traces.append(dots(list(group.values), rows, group.name, group.color, size=10, **more))
        else:
            more |= {"orientation": "h", "width": 0.92 * apart if several else 0.65}
            traces.append(bar(list(group.values), rows, group.name, group.color, **more))
        for name, value, (_, high), row in zip(names, group.values, group.ends, rows, strict=True):
            if inside:
                text = f"<b>{percent(value)}</b>  {name}"
                marks.append(note(text, 0, row, xref="paper", xanchor="left", yanchor="bottom", yshift=6))
            else:
                text = percent(value, 0) if several else f"<b>{percent(value)}</b>"
                color = group.color if several and isinstance(group.color, str) else None
                marks.append(note(text, high, row, color=color, xanchor="left", xshift=7))
    least = min((low for group in groups for low, _ in group.ends), default=0.0)
    low = max(0.0, least - 0.03)
    across: Part = {"tickformat": ".1~%", "nticks": 6, "showgrid": True}
    if not inside:
        limits = (low, 1 + 0.12 * (1 - low)) if as_dots else (0.0, 1.2)
        across |= {"range": limits} if as_dots else {"range": limits, "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    words = ["<br>".join(wrap(name, BREAK)) for name in names]
    upward: Part = {"showgrid": False, "range": [len(names) - 0.5, -0.8 if inside else -0.5]}
    upward |= {"visible": False} if inside else {"tickvals": list(range(len(names))), "ticktext": words}
    return series(
        traces,
        marks,
        height=(88 if several else 74) + (62 if several and not as_dots else 46) * len(names),
        x_title=x_title,
        x_axis=across,
        y_axis=upward,
        legend={"traceorder": "normal"} if several else False,
        barmode="overlay",
        still=True,
    )


def interval_columns(
    values: Sequence[float],
    ends: Sequence[Interval],
    color: str | Sequence[str],
    *,
    x_title: str,
    whole: float,
    whole_name: str = "",
    hover: str,
    customdata: Sequence[tuple[Any, ...]],
    places: Sequence[float] | None = None,
    joined: bool = False,
    y_title: str = "accuracy",
    height: int = 290,
) -> go.Figure:
    """A dot for each value (fractions) with its 95% interval at places 0, 1, …, and a line at `whole`.

    Dots, not bars: the axis begins where the intervals do, and a bar would lie about its length. color: one
    for all, or one each. hover, in Plotly's words, and customdata, a tuple each: what is said of a dot, before
    its interval. joined: a thin line runs through the dots.
    """
    x = list(range(len(values))) if places is None else list(places)
    data = [(*custom, interval(*both, 2)) for custom, both in zip(customdata, ends, strict=True)]
    size = 11 if len(x) <= 64 else 6
    # Plotly's error bars have one color a trace.
    parts = [(color, slice(None))] if isinstance(color, str) else [(c, slice(k, k + 1)) for k, c in enumerate(color)]
    traces = [
        dots(
            x[part],
            list(values[part]),
            "",
            ink,
            size=size,
            customdata=data[part],
            error_y=error(values[part], ends[part], ink, width=5 if len(x) <= 16 else 0),
            hover=f"{hover}<br>95% interval %{{customdata[{len(data[0]) - 1}]}}",
            mode="lines+markers" if joined else "markers",
            line={"color": ink, "width": 1.4},
        )
        for ink, part in parts
    ]
    low = min([whole, *(bottom for bottom, _ in ends)])
    room = 0.06 * (1 - low) or 0.01
    marks = [level(whole)]
    if whole_name:
        text = f"{whole_name}<br>{percent(whole)}"
        marks.append(note(text, 1, whole, xref="paper", align="left", xanchor="left", xshift=6))
    return series(
        traces,
        marks,
        height=height,
        x_title=x_title,
        y_title=y_title,
        percent_y=True,
        x_range=(min(x) - 0.6, max(x) + 0.6),
        y_range=(max(0.0, low - room), 1.0 + room),
        x_axis={"tickmode": "linear", "dtick": 1} if len(x) <= 16 else None,
        y_axis={"tickformat": "~%"},
        margin={"r": 16 + 6 * len(whole_name) + 24 * bool(whole_name)},
        still=True,
    )


def digit_accuracy_figure(
    accuracy: Sequence[float], ends: Sequence[Interval], counts: Sequence[int], overall: float, *, height: int = 300
) -> go.Figure:
    """accuracy (10,) as fractions with 95% intervals and image counts; a line at the overall accuracy."""
    return interval_columns(
        accuracy,
        ends,
        DIGITS,
        x_title="digit",
        whole=overall,
        whole_name="all",
        hover="<b>%{x}</b> %{y:.2%} of %{customdata[0]:,} images",
        customdata=[(count,) for count in counts],
        height=height,
    )


class Scored(Protocol):
    """What is drawn of a run: fractions in [0, 1]."""

    @property
    def test_accuracy(self) -> float | None: ...
    @property
    def ci_low(self) -> float | None: ...
    @property
    def ci_high(self) -> float | None: ...


def run_accuracies_figure(runs: Sequence[tuple[str, str, Scored]]) -> go.Figure:
    """(label, color, run) from top to bottom, each a dot."""
    known = [(label, color, run, run.test_accuracy) for label, color, run in runs if run.test_accuracy is not None]
    ends = [
        (accuracy if run.ci_low is None else run.ci_low, accuracy if run.ci_high is None else run.ci_high)
        for _, _, run, accuracy in known
    ]
    measured = Accuracies([row[3] for row in known], ends, [row[1] for row in known])
    return intervals([row[0] for row in known], measured, as_dots=True, inside=True)


def before_after_figure(
    before: Sequence[float],
    after: Sequence[float],
    *,
    height: int = 260,
    names: tuple[str, str] = ("unchanged", "edited"),
) -> go.Figure:
    """before, after (10,): probabilities that a network gives one image; gray and orange bars, called `names`."""
    digits = [str(digit) for digit in range(len(before))]
    return series(
        [
            bar(digits, list(values), name, color, hover=f"%{{x}} {name}: %{{y:.2%}}")
            for name, values, color in ((names[0], before, GRAY), (names[1], after, ORANGE))
        ],
        height=height,
        x_title="digit",
        y_title="probability",
        y_range=(0.0, 1.02),
        percent_y=True,
        legend=True,
        x_axis={"type": "category"},
        bargroupgap=0.08,
        dragmode=False,
    )


def bars(
    values: ArrayLike, names: Sequence[str], colors: Sequence[str], *, height: int = 240, percent: bool = True
) -> go.Figure:
    """Horizontal bars, first name on top, the value written beside each; a percent axis is fixed at 0-100%.

    values: (B,), fractions where `percent`; names, colors: B of them.
    For ten probabilities: `bars(p, [str(d) for d in range(10)], palette.DIGITS)`.
    """
    numbers = np.asarray(values, dtype=float)
    top = 1.0 if percent else float(np.nanmax(numbers, initial=0.0)) or 1.0
    trace = bar(
        numbers,
        list(names),
        "",
        list(colors),
        orientation="h",
        cliponaxis=False,
        text=[_beside(value, percent) for value in numbers],
        textposition="outside",
        customdata=[probability(value) if percent else number(value, 4) for value in numbers],
        hover="%{y}: %{customdata}",
    )
    return series(
        [trace],
        height=height,
        x_range=(0.0, top * 1.14),
        x_axis={"visible": False},
        y_axis={"type": "category", "autorange": "reversed", "showgrid": False},
        margin={"l": 8, "r": 8, "t": 4, "b": 4},
        bargap=0.3,
        still=True,
    )


def _beside(value: float, percent: bool) -> str:
    """A bar's number; nothing beside bars too short to see, where "0.0%" ten times over is clutter."""
    if not percent:
        return number(value)
    return probability(value) if value >= 0.001 else ""
