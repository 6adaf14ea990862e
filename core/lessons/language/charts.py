"""Charts of the language lesson: a word character by character, predictions and hidden units."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.palette import BLUE, DIVERGING, GRAY, GREEN, ORANGE, SEQUENTIAL
from core.charts.series import series
from core.charts.style import AXIS, Part, cell_frame, figure, heat, note
from core.formatting import probability

TALLEST = 420  # pixels: the rows of a long word are lower instead
WRITTEN = 16  # characters up to which a cell has room for its number
BAR = {"thickness": 8, "outlinewidth": 0}


def prediction_steps_figure(word: str, languages: Sequence[str], shares: ArrayLike, chosen: int) -> go.Figure:
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


#: Of the drawn cell: the hidden state from left to right, into the gates, r ∘ h to the candidate, z and 1 − z.
WIRES = (
    "M 0 5 L 5.4 5 M 6 5 L 8.4 5 M 9 5 L 10.6 5 "
    "M 0.6 5 L 0.6 0.9 L 7.6 0.9 L 7.6 1.5 M 2 0.9 L 2 1.5 M 5 0.9 L 5 1.5 M 0 0.2 L 1.2 0.2 L 1.2 0.9 "
    "M 2 2.3 L 2 3.2 M 0.6 3.5 L 1.7 3.5 M 2.3 3.5 L 6.6 3.5 L 6.6 1.9 L 6.8 1.9 "
    "M 5 2.3 L 5 4.2 L 7.1 4.2 M 5.7 4.2 L 5.7 4.7 M 7.9 4.2 L 8.7 4.2 L 8.7 3.8 M 8.1 1.9 L 8.7 1.9 L 8.7 3.2 "
    "M 8.7 3.8 L 8.7 4.7"
)


def gru_cell_figure(
    letter: str, reset: float, update: float, candidate: float, before: float, after: float
) -> go.Figure:
    """A GRU cell as it is drawn in textbooks, with the numbers of one unit at the character `letter`.

    reset, update: in (0, 1). candidate: in (−1, 1). before, after: the hidden state around the character.
    """
    drawn: list[Part] = [{"type": "path", "path": WIRES, "line": {"color": AXIS, "width": 1.8}}]
    for x, sign, color, y in ((2.0, "σ", BLUE, 1.9), (5.0, "σ", BLUE, 1.9), (7.45, "tanh", ORANGE, 1.9)):
        drawn += _node(x, y, sign, color, 0.65, 0.4, "rect")
    for x, y, sign in ((2.0, 3.5, "×"), (5.7, 5.0, "×"), (8.7, 3.5, "×"), (8.7, 5.0, "+")):
        drawn += _node(x, y, sign, GRAY, 0.3, 0.3, "circle")
    drawn += _node(7.5, 4.2, "1 −", GRAY, 0.4, 0.28, "rect")
    words = (
        (0.0, 5.35, f"h<sub>t−1</sub> = {_signed(before)}", "left"),
        (11.0, 5.35, f"h<sub>t</sub> = {_signed(after)}", "right"),
        (0.0, -0.15, f"x<sub>t</sub> = {letter}", "left"),
        (2.1, 2.65, f"reset r = {reset:.2f}", "left"),
        (5.1, 2.65, f"update z = {update:.2f}", "left"),
        (8.8, 2.4, f"n = {_signed(candidate)}", "left"),
        (7.45, 0.5, "candidate", "center"),
    )
    drawn += [note(text, x, y, size=13, xanchor=side) for x, y, text, side in words]
    hidden: Part = {"visible": False, "fixedrange": True}
    return figure(
        [],
        drawn,
        height=300,
        x_axis=hidden,
        y_axis=hidden,
        x_range=(-0.2, 11.2),
        y_range=(-0.5, 5.8),
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        dragmode=False,
    )


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _node(x: float, y: float, sign: str, color: str, wide: float, high: float, kind: str) -> list[Part]:
    """A box or a circle around a sign, filled faintly with its color."""
    corners = {"x0": x - wide, "x1": x + wide, "y0": y - high, "y1": y + high}
    shape = {"type": kind, **corners, "line": {"color": color, "width": 2}, "fillcolor": color, "opacity": 0.3}
    return [shape, note(sign, x, y, size=14)]


def _down(word: str) -> Part:
    """The axis whose rows are the word's letters."""
    size = 12 if len(word) <= WRITTEN else 8
    ticks: dict[str, Any] = {"tickvals": list(range(len(word))), "ticktext": list(word), "tickfont": {"size": size}}
    return ticks | {"autorange": "reversed", "showgrid": False}


def _gap(word: str) -> int:
    return 1 if len(word) <= WRITTEN else 0


def _in_percent(shares: NDArray[np.float64]) -> list[list[str]]:
    return [[probability(share) for share in row] for row in shares.tolist()]
