"""Attacks on many images: accuracy against ε, and from which network to which they transfer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from core.attacks import ATTACKS
from core.charts.palette import GRAY, SEQUENTIAL
from core.charts.series import add_band, spread
from core.charts.style import figure, write_all
from core.formatting import interval, percent

LINE = 17  # screen pixels between two names
BANDS = 4  # curves; with more of them bands hide one another, and hovering tells the interval


@dataclass(frozen=True)
class AttackCurve:
    """accuracy, low, high: fractions at `epsilons` (ascending), with the ends of the 95% interval.

    n: images at each. attack: its name in ATTACKS. title: the attack's, for people. network, color: whose.
    control: knows nothing of the network.
    """

    attack: str
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
    curves: Sequence[AttackCurve], *, x_title: str, top: float, guessing: float = 0.1, height: int = 400
) -> go.Figure:
    """The curves from ε = 0 to `top`, on axes that stand still while they grow.

    One network: each attack has its color, and its name stands at the end of its curve. Several: colors
    are networks and dashes are attacks, as a legend says. Controls are always dotted.
    """
    several = len({curve.network for curve in curves}) > 1
    fig = figure(
        height=height,
        x_title=x_title,
        y_title="read correctly",
        percent_y=True,
        x_range=(0.0, top),
        y_range=(0.0, 1.02),
        legend=several,
    )
    attacking = [curve for curve in curves if not curve.control]
    for curve in attacking if len(attacking) <= BANDS else ():
        add_band(fig, curve.epsilons, curve.low, curve.high, _look(curve, several)[0], share=0.14)
    for curve in curves:
        color, dash = _look(curve, several)
        fig.add_scatter(
            x=list(curve.epsilons),
            y=list(curve.accuracy),
            mode="lines+markers",
            showlegend=False,
            line={"color": color, "width": 1.8 if curve.control else 2.4, "dash": dash},
            marker={"size": 4 if curve.control else 5},
            name=f"{curve.title}, {curve.network}",
            customdata=list(zip(curve.low, curve.high, curve.n, strict=True)),
            hovertemplate=f"<b>{curve.title}</b> on {curve.network}<br>ε = %{{x:g}}: %{{y:.2%}} of "
            "%{customdata[2]:,} images<br>95%: %{customdata[0]:.2%} to %{customdata[1]:.2%}<extra></extra>",
        )
    fig.add_hline(y=guessing, line_dash="dot", line_width=1.2, line_color=GRAY)
    return _legend(fig, curves) if several else _names(fig, curves, height)


def _look(curve: AttackCurve, several: bool) -> tuple[str, str]:
    color, dash = ATTACKS[curve.attack].color, ATTACKS[curve.attack].dash
    return (curve.color, dash) if several else (color, "dot" if curve.control else "solid")


def _legend(fig: go.Figure, curves: Sequence[AttackCurve]) -> go.Figure:
    """One entry a network and one an attack, which is fewer than one a curve."""
    entries = {curve.network: (curve.color, "solid") for curve in curves}
    entries |= {curve.title: (GRAY, ATTACKS[curve.attack].dash) for curve in curves}
    for name, (color, dash) in entries.items():
        fig.add_scatter(
            x=[None],
            y=[None],
            mode="lines",
            name=name,
            line={"color": color, "dash": dash, "width": 2.6},
            hoverinfo="skip",
        )
    return fig.update_layout(legend={"itemclick": False, "itemdoubleclick": False, "font_size": 12})


def _names(fig: go.Figure, curves: Sequence[AttackCurve], height: int) -> go.Figure:
    """Each name where its curve ends: at the right edge, or further left while it is still growing."""
    known = sorted((c for c in curves if len(c.epsilons)), key=lambda curve: curve.accuracy[-1])
    room = LINE / max(1.0, height - 70)  # in units of the axis, which is about 1 high
    for end in {curve.epsilons[-1] for curve in known}:
        here = [curve for curve in known if curve.epsilons[-1] == end]
        places = spread([curve.accuracy[-1] for curve in here], room)
        for curve, place in zip(here, places, strict=True):
            fig.add_annotation(
                x=end,
                y=place,
                text=curve.title,
                showarrow=False,
                xanchor="left",
                xshift=6,
                font={"color": ATTACKS[curve.attack].color, "size": 12},
            )
    longest = max((len(curve.title) for curve in known), default=0)
    return fig.update_layout(margin_r=16 + round(6.6 * longest))


ROW, HEAD = 58, 44  # screen pixels
SMALL = "<span style='font-size:10px'>"


@dataclass(frozen=True)
class Cell:
    """`fooled` of `n` images; low, high: the ends of the share's 95% interval. n = 0: nothing known."""

    fooled: int
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
    fig = figure(height=ROW * len(rows) + HEAD + 4)
    share = np.array([[c.fooled / c.n if c.n else np.nan for c in row] for row in cells], dtype=float)
    share = share.reshape(len(rows), len(columns))
    told = [
        [
            f"made on {made}, tested on {tested}<br>{cell.fooled:,} of {cell.n:,} fooled"
            f"<br>95%: {interval(cell.low, cell.high)}"
            for tested, cell in zip(columns, row, strict=True)
        ]
        for made, row in zip(rows, cells, strict=True)
    ]
    fig.add_heatmap(
        z=share,
        x=list(range(len(columns))),
        y=list(range(len(rows))),
        zmin=0,
        zmax=1,
        showscale=False,
        colorscale=[list(stop) for stop in SEQUENTIAL],
        xgap=2,
        ygap=2,
        hoverongaps=False,
        customdata=told,
        hovertemplate="%{customdata}<extra></extra>",
    )
    notes = []
    for at, cell in ((at, cells[at[0]][at[1]]) for at in np.ndindex(share.shape)):
        if cell.n:
            text = f"<b>{percent(cell.fooled / cell.n, 0)}</b><br>{SMALL}n = {cell.n:,}</span>"
            font = {"size": 13, "color": "#111111" if share[at] > 0.62 else "#FFFFFF"}
            notes.append({"x": at[1], "y": at[0], "text": text, "font": font})
    write_all(fig, notes)
    for index in range(min(own, len(columns))):
        fig.add_shape(
            type="rect",
            x0=index - 0.5,
            x1=index + 0.5,
            y0=index - 0.5,
            y1=index + 0.5,
            line={"color": GRAY, "width": 2.5},
        )
    axis = {"showgrid": False, "showline": False, "fixedrange": True, "tickangle": 0, "tickfont_size": 12}
    fig.update_xaxes(
        tickvals=list(range(len(columns))),
        ticktext=[_folded(name) for name in columns],
        side="top",
        range=(-0.5, len(columns) - 0.5),
        **axis,
    )
    fig.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[_folded(name) for name in rows],
        range=(len(rows) - 0.5, -0.5),
        **axis,
    )
    fig.add_annotation(
        x=0,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="right",
        yanchor="bottom",
        xshift=-4,
        yshift=5,
        text="tested on →<br>made on ↓",
        showarrow=False,
        align="right",
        font_size=11,
    )
    return fig.update_layout(margin={"l": 76, "r": 4, "t": HEAD, "b": 4}, dragmode=False)


def _folded(name: str) -> str:
    """A name on two short lines, so that columns fit side by side on a phone."""
    first, mark, rest = name.partition("-" if "-" in name else " ")
    return f"{first}{'-' if mark == '-' else ''}<br>{rest}" if rest else name
