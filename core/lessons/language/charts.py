"""Charts of the language lesson: a word character by character, what a network thought and its units did."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.palette import DIVERGING, GREEN, SEQUENTIAL
from core.charts.series import series
from core.charts.style import Part, cell_frame, heat, note
from core.formatting import probability

TALLEST = 420  # pixels: the rows of a long word are lower instead
WRITTEN = 16  # characters up to which a cell has room for its number
BAR = {"thickness": 8, "outlinewidth": 0}


def thought_figure(word: str, languages: Sequence[str], shares: ArrayLike, chosen: int) -> go.Figure:
    """shares (L, C): probability of each language after each of L characters, in percent in its cell.

    chosen: the character, from 0, whose column is framed.
    """
    table = np.asarray(shares, dtype=float).T
    so_far = np.array([word[: end + 1] for end in range(len(word))], dtype=object)
    cells = heat(
        table,
        SEQUENTIAL,
        0.0,
        1.0,
        gap=2,
        x=list(range(len(word))),
        y=list(languages),
        customdata=np.tile(so_far, (len(languages), 1)),
        hovertext=_in_percent(table),
        hover="after “%{customdata}”<br>%{y}: %{hovertext}",
    )
    marks = [cell_frame(chosen, chosen, 0, len(languages) - 1, GREEN)]
    if len(word) <= WRITTEN:
        marks += [
            note(f"{100 * share:.0f}", column, languages[row], color="#111111" if share > 0.6 else "#FFFFFF")
            for (row, column), share in np.ndenumerate(table)
        ]
    letters = {"tickvals": list(range(len(word))), "ticktext": list(word), "tickfont": {"size": 15}}
    return series(
        [cells],
        marks,
        height=62 + 38 * len(languages),
        x_title="after reading",
        x_axis={**letters, "tickangle": 0, "showline": False},
        y_axis={"type": "category", "autorange": "reversed", "showgrid": False},
        still=True,
    )


def units_figure(
    word: str, values: ArrayLike, chosen: int, unit: int, *, signed: bool, name: str, units: Sequence[int]
) -> go.Figure:
    """values (L, U): of every unit after each character, one row a character, one column a unit.

    signed: from −1 to 1 around zero, else from 0 to 1. units: their numbers, in the order of the columns.
    chosen, unit: the row that is framed, and the column marked by a line (a place in `units`).
    """
    table = np.asarray(values, dtype=float)
    cells = heat(
        table,
        DIVERGING if signed else SEQUENTIAL,
        -1.0 if signed else 0.0,
        1.0,
        y=list(range(len(word))),
        ygap=_gap(word),
        customdata=np.broadcast_to(np.asarray(units), table.shape),
        showscale=True,
        colorbar={**BAR, "tickvals": [-1, 0, 1] if signed else [0, 0.5, 1]},
        hover=f"unit %{{customdata}}<br>{name} %{{z:.3f}}",
    )
    row = cell_frame(0, table.shape[1] - 1, chosen, chosen, GREEN, width=1.6)
    column = cell_frame(unit, unit, 0, len(word) - 1, GREEN, width=1.6)
    return series(
        [cells],
        [row, column],
        height=min(TALLEST, 80 + 24 * max(3, len(word))),
        x_title="units",
        x_axis={"showticklabels": False},
        y_axis=_down(word),
        still=True,
    )


def substitutions_figure(word: str, alphabet: str, shares: ArrayLike, language: str) -> go.Figure:
    """shares (L, A): probability of `language` with the letter at each place replaced by each of A letters.

    The letter that stands there already is framed.
    """
    table = np.asarray(shares, dtype=float)
    words = [[word[:at] + letter + word[at + 1 :] for letter in alphabet] for at in range(len(word))]
    cells = heat(
        table,
        SEQUENTIAL,
        0.0,
        1.0,
        x=list(alphabet),
        y=list(range(len(word))),
        ygap=_gap(word),
        customdata=np.array(words, dtype=object),
        showscale=True,
        colorbar={**BAR, "tickformat": ".0%", "tickvals": [0, 0.5, 1]},
        hovertext=_in_percent(table),
        hover=f"%{{customdata}}<br>{language} %{{hovertext}}",
    )
    places = [(alphabet.find(letter), at) for at, letter in enumerate(word)]
    return series(
        [cells],
        [cell_frame(place, place, at, at, GREEN, width=2) for place, at in places if place >= 0],
        height=min(TALLEST, 96 + 26 * len(word)),
        x_title="replaced by",
        x_axis={"type": "category", "tickangle": 0, "tickfont": {"size": 11}, "showline": False},
        y_axis=_down(word),
        still=True,
    )


def _down(word: str) -> Part:
    """The axis whose rows are the word's letters."""
    size = 12 if len(word) <= WRITTEN else 8
    ticks: dict[str, Any] = {"tickvals": list(range(len(word))), "ticktext": list(word), "tickfont": {"size": size}}
    return ticks | {"autorange": "reversed", "showgrid": False}


def _gap(word: str) -> int:
    return 1 if len(word) <= WRITTEN else 0


def _in_percent(shares: NDArray[np.float64]) -> list[list[str]]:
    return [[probability(share) for share in row] for row in shares.tolist()]
