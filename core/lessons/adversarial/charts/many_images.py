"""Attacks on many images: accuracy against ε, and from which network to which they transfer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from core.charts.palette import GRAY, SEQUENTIAL
from core.charts.series import band, end_labels, level, line, room_for, series
from core.charts.style import Part, cell_frame, heat, note
from core.formatting import interval, percent

BANDS = 4  # curves; with more of them bands hide one another, and hovering tells the interval


@dataclass(frozen=True)
class AttackCurve:
    """accuracy, low, high: fractions at `epsilons` (ascending), with the ends of the 95% interval.

    n: images at each. look: color and dash of the attack. title: the attack's, for people. network, color: whose.
    control: knows nothing of the network.
    """

    look: tuple[str, str]
    title: str
    network: str
    color: str
    epsilons: Sequence[float]
    accuracy: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    n: Sequence[int]
    control: bool = False


def attack_curves_figure(
    curves: Sequence[AttackCurve], *, x_title: str, top: float, chance: float = 0.1, height: int = 400
) -> go.Figure:
    """The curves from ε = 0 to `top`, on axes that stand still while they grow.

    One network: each attack has its color, and its name stands at the end of its curve. Several: colors
    are networks and dashes are attacks, as a legend says. Controls are always dotted.
    """
    several = len({curve.network for curve in curves}) > 1
    looks = [_look(curve, several) for curve in curves]
    attacking = [(curve, color) for curve, (color, _) in zip(curves, looks, strict=True) if not curve.control]
    traces = [
        band(curve.epsilons, curve.low, curve.high, color, share=0.14)
        for curve, color in (attacking if len(attacking) <= BANDS else ())
    ]
    for curve, (color, dash) in zip(curves, looks, strict=True):
        drawn = line(
            curve.epsilons,
            curve.accuracy,
            f"{curve.title}, {curve.network}",
            color,
            dash=dash,
            width=1.8 if curve.control else 2.4,
            size=4 if curve.control else 5,
            showlegend=False,
            customdata=list(zip(curve.low, curve.high, curve.n, strict=True)),
        )
        hover = f"<b>{curve.title}</b> on {curve.network}<br>ε = %{{x:g}}: %{{y:.2%}} of %{{customdata[2]:,}} images"
        interval = "<br>95%: %{customdata[0]:.2%} to %{customdata[1]:.2%}<extra></extra>"
        traces.append(drawn | {"hovertemplate": hover + interval})
    return series(
        [*traces, *(_entries(curves) if several else ())],
        [level(chance, width=1.2), *(() if several else _names(curves, height))],
        height=height,
        x_title=x_title,
        y_title="robust accuracy",
        percent_y=True,
        x_range=(0.0, top),
        y_range=(0.0, 1.02),
        legend={"itemclick": False, "itemdoubleclick": False, "font": {"size": 12}} if several else False,
        margin={} if several else room_for(curve.title for curve in curves if len(curve.epsilons)),
    )


def _look(curve: AttackCurve, several: bool) -> tuple[str, str]:
    color, dash = curve.look
    return (curve.color, dash) if several else (color, "dot" if curve.control else "solid")


def _entries(curves: Sequence[AttackCurve]) -> list[Part]:
    """The legend: one entry a network and one an attack, which is fewer than one a curve."""
    entries = {curve.network: (curve.color, "solid") for curve in curves}
    entries |= {curve.title: (GRAY, curve.look[1]) for curve in curves}
    return [
        line([None], [None], name, color, dash=dash, width=2.6, hover=None, mode="lines")
        for name, (color, dash) in entries.items()
    ]


def _names(curves: Sequence[AttackCurve], height: int) -> list[Part]:
    """Each name where its curve ends: at the right edge, or further left while it is still growing."""
    known = [curve for curve in curves if len(curve.epsilons)]
    notes = []
    for end in {curve.epsilons[-1] for curve in known}:
        here = [curve for curve in known if curve.epsilons[-1] == end]
        notes += end_labels([(c.title, c.accuracy[-1], c.look[0]) for c in here], height, x=end)
    return notes


ROW, HEAD = 58, 44  # screen pixels
SMALL = "<span style='font-size:10px'>"


@dataclass(frozen=True)
class Cell:
    """`succeeded` of `n` images; low, high: the ends of the share's 95% interval. n = 0: nothing known."""

    succeeded: int
    n: int
    low: float
    high: float


def transfer_figure(
    cells: Sequence[Sequence[Cell]], rows: Sequence[str], columns: Sequence[str], *, own: int
) -> go.Figure:
    """cells[r][c]: images made on row r, tested on column c.

    The first `own` rows are networks in the order of the columns: their diagonal, framed, is the attack on
    the network itself. Rows below are controls.
    """
    share = np.array([[c.succeeded / c.n if c.n else np.nan for c in row] for row in cells], dtype=float)
    share = share.reshape(len(rows), len(columns))
    customdata = [
        [
            f"source {source}, target {target}<br>{cell.succeeded:,} of {cell.n:,} misclassified"
            f"<br>95%: {interval(cell.low, cell.high)}"
            for target, cell in zip(columns, row, strict=True)
        ]
        for source, row in zip(rows, cells, strict=True)
    ]
    marks = [cell_frame(index, index, index, index, GRAY) for index in range(min(own, len(columns)))]
    for row, column in np.ndindex(share.shape):
        cell = cells[row][column]
        if cell.n:
            text = f"<b>{percent(cell.succeeded / cell.n, 0)}</b><br>{SMALL}n = {cell.n:,}</span>"
            marks.append(note(text, column, row, size=13, color="#111111" if share[row, column] > 0.62 else "#FFFFFF"))
    corner = {"xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom", "xshift": -4, "yshift": 5}
    marks.append({**note("target →<br>source ↓", 0, 1, size=11, align="right"), **corner})
    names = {"showgrid": False, "showline": False, "tickangle": 0, "tickfont": {"size": 12}}
    places = {"x": list(range(len(columns))), "y": list(range(len(rows)))}
    return series(
        [heat(share, SEQUENTIAL, 0, 1, gap=2, **places, customdata=customdata, hover="%{customdata}")],
        marks,
        height=ROW * len(rows) + HEAD + 4,
        x_ticks={place: _folded(name) for place, name in enumerate(columns)},
        x_axis={**names, "side": "top", "range": (-0.5, len(columns) - 0.5)},
        y_ticks={place: _folded(name) for place, name in enumerate(rows)},
        y_axis={**names, "range": (len(rows) - 0.5, -0.5)},
        margin={"l": 76, "r": 4, "t": HEAD, "b": 4},
        still=True,
    )


def _folded(name: str) -> str:
    """A name on two short lines, so that columns fit side by side on a phone."""
    first, mark, rest = name.partition("-" if "-" in name else " ")
    return f"{first}{'-' if mark == '-' else ''}<br>{rest}" if rest else name
