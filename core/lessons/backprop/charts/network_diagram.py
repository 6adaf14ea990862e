"""A network drawn as columns of units, with the way of one operation lit up in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.computation_graph import BACKWARD, FORWARD, arrow
from core.charts.palette import GREEN
from core.charts.series import dots, line
from core.charts.style import AXIS, GRID, Part, image_figure, note
from core.formatting import number

FEW = 12  # units of a column that are drawn as circles; more become a block
FANNED = 28  # lines into a block at most: 784 would be a surface
SIDE = 0.23  # where lines end beside a column, as a share of the distance between columns
BLOCK = 0.15  # half the width of a block
FILL = "rgba(128, 140, 152, 0.12)"

Ends = tuple[int | None, int | None]
Points = tuple[list[float], list[float]]


@dataclass(frozen=True)
class Lit:
    """What of the diagram an operation touches.

    columns, gaps: their places, gap g between columns g and g + 1. path: for each of these gaps the (unit on
    the left, unit on the right) of one number, None meaning all units. backward: the way runs to the left.
    enters: the one unit of the first column that the operation reads, None where it reads all.
    """

    columns: tuple[int, ...]
    gaps: tuple[int, ...]
    path: tuple[Ends, ...] = ()
    backward: bool = False
    enters: int | None = None


def network_diagram_figure(
    columns: Sequence[tuple[str, int]],
    lit: Lit,
    *,
    single: Sequence[int] = (),
    values: Sequence[tuple[str, ArrayLike] | None] = (),
    height: int = 270,
) -> go.Figure:
    """columns: (name, units) from left to right, "h_1" for an index; single: gaps that join unit to unit.

    values: for each column None, or what stands in it: (name, (units,)), written into circles and told on
    hover. Columns of more than FEW units are drawn as a block, with a fan of lines for one number's way.
    """
    color = BACKWARD if lit.backward else FORWARD
    traces: list[Part] = []
    marks: list[Part] = []
    for gap in range(len(columns) - 1):
        on = gap in lit.gaps
        if not on or lit.enters is not None:
            traces.append(_drawn(_lines(columns, gap, (None, None), gap in single), GRID, 1.0))
        if on:
            traces.append(_drawn(_lines(columns, gap, (lit.enters, None), gap in single), color, 1.4))
            ends = ((gap + 0.22, 1.13), (gap + 0.78, 1.13))
            marks.append(arrow(*(ends[::-1] if lit.backward else ends), color, width=2))
    for gap, path in zip(lit.gaps, lit.path, strict=False):
        lines = _lines(columns, gap, path, gap in single)
        traces.append(_drawn(lines, GREEN, 2.6 if len(lines[0]) <= 3 * FEW else 1.3))
    for place, (name, units) in enumerate(columns):
        ink = color if place in lit.columns else AXIS
        shown = values[place] if place < len(values) else None
        letter, _, index = name.partition("_")
        title = f"<b>{letter}</b>" + (f"<sub>{index}</sub>" if index else "")
        marks.append(note(title, place, -0.13, size=15))
        if units > FEW:
            marks += [note(f"{units:,}", place, 1.13), _block(place, ink)]
        else:
            only = lit.enters if lit.columns and place == lit.columns[0] else None
            traces.append(_circles(place, units, ink, shown, bold=place in lit.columns, only=only))
    return image_figure(
        traces,
        marks,
        height=height,
        square=False,
        x_axis={"range": [-0.5, len(columns) - 0.5]},
        y_axis={"range": [1.2, -0.2], "autorange": False},
    )


def _height_of(unit: int, units: int) -> float:
    """How far down (0 to 1) a unit stands; a column of few units keeps to the middle."""
    span = 1.0 if units > FEW else min(1.0, 0.27 * (units - 1)) or 0.0
    return 0.5 if units == 1 else 0.5 + span * (unit / (units - 1) - 0.5)


def _lines(columns: Sequence[tuple[str, int]], gap: int, ends: Ends, single: bool) -> Points:
    """The lines of a gap between the units in `ends`, as one broken line."""
    counts = columns[gap][1], columns[gap + 1][1]
    chosen = [_some(end, count) for end, count in zip(ends, counts, strict=True)]
    pairs = (
        list(zip(chosen[0], chosen[1], strict=False))
        if single
        else [(left, right) for left in chosen[0] for right in chosen[1]]
    )
    sides = [BLOCK if count > FEW else SIDE for count in counts]
    xs: list[float] = []
    ys: list[float] = []
    for left, right in pairs:
        xs += [gap + sides[0], gap + 1 - sides[1], np.nan]
        ys += [_height_of(left, counts[0]), _height_of(right, counts[1]), np.nan]
    return xs, ys


def _some(unit: int | None, units: int) -> list[int]:
    """One unit, or all of them; of a block's as many as a fan can have."""
    if unit is not None:
        return [unit]
    count = units if units <= FEW else min(units, FANNED)
    return [round(place) for place in np.linspace(0, units - 1, count)]


def _drawn(lines: Points, color: str, width: float) -> Part:
    few = len(lines[0]) <= 3 * FEW * FEW
    return line(*lines, "", color, width=width, opacity=1.0 if few else 0.45, hover=None, showlegend=False)


def _block(place: int, ink: str) -> Part:
    corners = {"x0": place - BLOCK, "x1": place + BLOCK, "y0": -0.02, "y1": 1.02}
    return {"type": "rect", **corners, "line": {"color": ink, "width": 2}, "fillcolor": FILL, "layer": "above"}


def _circles(
    place: int, units: int, ink: str, shown: tuple[str, ArrayLike] | None, *, bold: bool, only: int | None = None
) -> Part:
    """A column's units; only: the one that is lit, None for all of them."""
    numbers = np.asarray(shown[1], dtype=float).reshape(-1) if shown else None
    name = shown[0] if shown else ""
    narrow = units > 6
    lit = ink if only is None else [ink if unit == only else AXIS for unit in range(units)]
    customdata = [f"{unit}: not computed yet" for unit in range(units)]
    if numbers is not None:
        names = [f"{name}[{unit}]" if units > 1 else name for unit in range(units)]
        customdata = [f"{name} = {number(float(value), 8)}" for name, value in zip(names, numbers, strict=True)]
    return dots(
        [place] * units,
        [_height_of(unit, units) for unit in range(units)],
        "",
        FILL,
        size=19 if narrow else 36,
        marker={"line": {"color": lit, "width": 2.2 if bold else 1.2}},
        mode="markers+text",
        text=[_short(value) for value in numbers] if numbers is not None and not narrow else None,
        textfont={"size": 11},
        customdata=customdata,
        hover="%{customdata}",
        showlegend=False,
    )


def _short(value: float) -> str:
    """At most six signs: what fits into a circle."""
    text = f"{value + 0.0:.2g}"
    if "e" in text:
        return number(value, 1).replace(" × ", "·").replace("-", "−")
    return text.replace("-", "−").replace("0.", ".", 1) if len(text) > 5 else text.replace("-", "−")
