"""Made on one network, tested on another: the share of images that fool it, as a table of cells."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from core.charts.annotations import write_all
from core.charts.palette import GRAY, SEQUENTIAL
from core.charts.style import figure
from core.formatting import interval, percent

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
