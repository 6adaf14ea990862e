"""Charts of the language lesson: a word character by character, and accuracy by its length."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.palette import BLUE, DIVERGING, GRAY, GREEN, SEQUENTIAL
from core.charts.style import figure, write_all
from core.formatting import probability

TALLEST = 420  # pixels: the rows of a long word are lower instead
WRITTEN = 16  # characters up to which a cell has room for its number


def thought_figure(word: str, languages: Sequence[str], shares: ArrayLike, chosen: int) -> go.Figure:
    """shares (L, C): probability of each language after each of L characters, in percent in its cell.

    chosen: the character, from 0, whose column is framed.
    """
    table = np.asarray(shares, dtype=float).T
    fig = figure(height=62 + 38 * len(languages), x_title="after reading")
    so_far = [word[: end + 1] for end in range(len(word))]
    fig.add_heatmap(
        z=table,
        x=list(range(len(word))),
        y=list(languages),
        zmin=0.0,
        zmax=1.0,
        showscale=False,
        xgap=2,
        ygap=2,
        colorscale=[list(stop) for stop in SEQUENTIAL],
        customdata=np.tile(np.array(so_far, dtype=object), (len(languages), 1)),
        hovertext=_in_percent(table),
        hovertemplate="after “%{customdata}”<br>%{y}: %{hovertext}<extra></extra>",
    )
    if len(word) <= WRITTEN:
        write_all(
            fig,
            (
                {
                    "x": column,
                    "y": languages[row],
                    "text": f"{100 * share:.0f}",
                    "font": {"size": 12, "color": "#111111" if share > 0.6 else "#FFFFFF"},
                }
                for (row, column), share in np.ndenumerate(table)
            ),
        )
    _letters(fig, word, chosen, len(languages))
    return fig.update_yaxes(type="category", autorange="reversed")


def units_figure(
    word: str, values: ArrayLike, chosen: int, unit: int, *, signed: bool, name: str, units: Sequence[int]
) -> go.Figure:
    """values (L, U): of every unit after each character, one row a character, one column a unit.

    signed: from −1 to 1 around zero, else from 0 to 1. units: their numbers, in the order of the columns.
    chosen, unit: the row that is framed, and the column marked by a line (a place in `units`).
    """
    table = np.asarray(values, dtype=float)
    fig = figure(height=min(TALLEST, 80 + 24 * max(3, len(word))), x_title="units")
    fig.add_heatmap(
        z=table,
        y=list(range(len(word))),
        zmin=-1.0 if signed else 0.0,
        zmax=1.0,
        colorscale=[list(stop) for stop in (DIVERGING if signed else SEQUENTIAL)],
        ygap=1 if len(word) <= WRITTEN else 0,
        customdata=np.broadcast_to(np.asarray(units), table.shape),
        colorbar={"thickness": 8, "outlinewidth": 0, "tickvals": [-1, 0, 1] if signed else [0, 0.5, 1]},
        hovertemplate=f"unit %{{customdata}}<br>{name} %{{z:.3f}}<extra></extra>",
    )
    for edges in (
        (-0.5, table.shape[1] - 0.5, chosen - 0.5, chosen + 0.5),
        (unit - 0.5, unit + 0.5, -0.5, len(word) - 0.5),
    ):
        fig.add_shape(
            type="rect", x0=edges[0], x1=edges[1], y0=edges[2], y1=edges[3], line={"color": GREEN, "width": 1.6}
        )
    fig.update_xaxes(showticklabels=False, fixedrange=True)
    fig.update_yaxes(
        tickvals=list(range(len(word))),
        ticktext=list(word),
        autorange="reversed",
        showgrid=False,
        fixedrange=True,
        tickfont_size=12 if len(word) <= WRITTEN else 8,
    )
    return fig.update_layout(dragmode=False)


def substitutions_figure(word: str, alphabet: str, shares: ArrayLike, language: str) -> go.Figure:
    """shares (L, A): probability of `language` with the letter at each place replaced by each of A letters.

    The letter that stands there already is framed.
    """
    table = np.asarray(shares, dtype=float)
    fig = figure(height=min(TALLEST, 96 + 26 * len(word)), x_title="replaced by")
    words = [[word[:at] + letter + word[at + 1 :] for letter in alphabet] for at in range(len(word))]
    fig.add_heatmap(
        z=table,
        x=list(alphabet),
        y=list(range(len(word))),
        zmin=0.0,
        zmax=1.0,
        ygap=1 if len(word) <= WRITTEN else 0,
        colorscale=[list(stop) for stop in SEQUENTIAL],
        customdata=np.array(words, dtype=object),
        colorbar={"thickness": 8, "outlinewidth": 0, "tickformat": ".0%", "tickvals": [0, 0.5, 1]},
        hovertext=_in_percent(table),
        hovertemplate=f"%{{customdata}}<br>{language} %{{hovertext}}<extra></extra>",
    )
    for at, letter in enumerate(word):
        place = alphabet.find(letter)
        if place >= 0:
            fig.add_shape(
                type="rect", x0=place - 0.5, x1=place + 0.5, y0=at - 0.5, y1=at + 0.5, line={"color": GREEN, "width": 2}
            )
    fig.update_xaxes(type="category", tickangle=0, tickfont_size=11, showline=False, fixedrange=True)
    fig.update_yaxes(
        tickvals=list(range(len(word))),
        ticktext=list(word),
        autorange="reversed",
        showgrid=False,
        fixedrange=True,
        tickfont_size=12 if len(word) <= WRITTEN else 8,
    )
    return fig.update_layout(dragmode=False)


def _letters(fig: go.Figure, word: str, chosen: int, rows: int) -> None:
    """The word below the columns, the chosen column in a frame."""
    fig.add_shape(
        type="rect", x0=chosen - 0.5, x1=chosen + 0.5, y0=-0.5, y1=rows - 0.5, line={"color": GREEN, "width": 2.5}
    )
    fig.update_xaxes(
        tickvals=list(range(len(word))),
        ticktext=list(word),
        tickangle=0,
        tickfont_size=15,
        showline=False,
        fixedrange=True,
    )
    fig.update_yaxes(showgrid=False, fixedrange=True)
    fig.update_layout(dragmode=False)


def _in_percent(shares: NDArray[np.float64]) -> list[list[str]]:
    return [[probability(share) for share in row] for row in shares.tolist()]


def length_accuracy_figure(
    lengths: Sequence[int],
    accuracy: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    counts: Sequence[int],
    overall: float,
    *,
    height: int = 290,
) -> go.Figure:
    """accuracy (fractions) of words of each length, 95% intervals and counts; a line for all words."""
    low = min([bottom for bottom, _ in intervals] + [overall])
    fig = figure(
        height=height,
        x_title="letters of the word",
        y_title="guessed rightly",
        percent_y=True,
        x_range=(min(lengths) - 0.6, max(lengths) + 0.6),
        y_range=(max(0.0, low - 0.05), 1.03),
    )
    fig.add_scatter(
        x=list(lengths),
        y=list(accuracy),
        mode="lines+markers",
        line={"color": BLUE, "width": 1.4},
        marker_size=9,
        customdata=[(*ends, n) for ends, n in zip(intervals, counts, strict=True)],
        error_y={
            "type": "data",
            "thickness": 2,
            "width": 5,
            "color": BLUE,
            "array": [high - share for share, (_, high) in zip(accuracy, intervals, strict=True)],
            "arrayminus": [share - bottom for share, (bottom, _) in zip(accuracy, intervals, strict=True)],
        },
        hovertemplate="%{x} letters: %{y:.2%} of %{customdata[2]:,} words<br>"
        "95% interval %{customdata[0]:.2%} to %{customdata[1]:.2%}<extra></extra>",
    )
    fig.add_hline(y=overall, line_dash="dot", line_width=1.6, line_color=GRAY)
    return fig.update_xaxes(dtick=1).update_layout(dragmode=False)
