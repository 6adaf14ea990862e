"""A tensor as a table of colored cells: exact where it is small, its strongest numbers where it is large."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.annotations import write_all
from core.charts.clickable import clickable_cells
from core.charts.palette import DIVERGING, GRAY_INK, GREEN, SEQUENTIAL, Scale
from core.charts.style import bare, figure

Kind = Literal["signed", "share", "image"]
Where = tuple[int | None, int | None]
SCALES: dict[Kind, Scale] = {"signed": DIVERGING, "share": SEQUENTIAL, "image": GRAY_INK}

EXACT = 4096  # cells: a larger matrix is pooled
POOLED = (98, 64)  # cells of a pooled matrix at most: rows, columns
PRINTED = (8, 6)  # rows and columns of a matrix whose numbers are written into its cells


def matrix_figure(
    values: ArrayLike,
    name: str,
    *,
    kind: Kind = "signed",
    marks: Sequence[Where] = (),
    click: bool = False,
    offset: tuple[int, int] = (0, 0),
    height: int | None = None,
) -> go.Figure:
    """values (R, C), its cells called "name[r,c]" on hover; a single long row or column is folded.

    marks: (row, column) frames, None meaning all of them. A matrix of more than EXACT cells shows of every
    block of cells the number largest in size, and the hover says which block. `click` makes the cells of an
    exact matrix selectable: `customdata` of a selected point begins with row and column. offset: row and
    column of the first cell, where `values` are cut out of a larger matrix. Colors reach to the largest
    size, signed ones to both sides.
    """
    table = np.atleast_2d(np.asarray(values, dtype=float))
    rows, columns = table.shape
    if table.size > EXACT:
        return _pooled(table, name, kind, marks, height or 220)
    fold = fold_width(rows, columns)
    high, wide = (-(-table.size // fold), fold) if fold else (rows, columns)
    places = np.indices(table.shape) + np.reshape(offset, (2, 1, 1))
    cells, *where = (_laid_out(numbers, high, wide) for numbers in (table, *places))
    index = "[%{customdata[0]},%{customdata[1]}]"
    fig = _heat(cells, kind, _height(high, wide, height), f"{name}{index} = %{{customdata[2]:.8g}}")
    fig.update_traces(customdata=np.stack([*where, cells], axis=-1))
    if high <= PRINTED[0] and wide <= PRINTED[1]:
        _print(fig, cells, (where[1] if rows == 1 else where[0]) if fold else None)
    if fold == 28:
        fig.update_yaxes(scaleanchor="x")
    if click:
        clickable_cells(fig, high, wide, size=30 if high * wide <= 48 else 9)
    for row, column in marks:
        if not fold:
            _frame(fig, *_ends(row, rows, 1), *_ends(column, columns, 1))
        elif (place := column if rows == 1 else row) is not None:
            _frame(fig, place // fold, place // fold, place % fold, place % fold)
    return fig


def fold_width(rows: int, columns: int) -> int | None:
    """Columns that a single row or column of so many numbers is folded into; None where it stays as it is.

    784 numbers are an image's pixels and become one again.
    """
    count = max(rows, columns)
    if min(rows, columns) > 1 or count <= PRINTED[1]:
        return None
    if count <= 12:
        return -(-count // 2)
    return 28 if count == 784 else 20 if count <= 200 else 32


def pool(table: ArrayLike, high: int, wide: int) -> NDArray[np.float64]:
    """Of every block of `high` by `wide` cells of (R, C) the number largest in size, with its sign."""
    cells = np.asarray(table, dtype=float)
    rows, columns = -(-cells.shape[0] // high), -(-cells.shape[1] // wide)
    padded = np.zeros((rows * high, columns * wide))
    padded[: cells.shape[0], : cells.shape[1]] = cells
    blocks = padded.reshape(rows, high, columns, wide).swapaxes(1, 2).reshape(rows, columns, -1)
    strongest = np.abs(blocks).argmax(axis=2)
    picked: NDArray[np.float64] = np.take_along_axis(blocks, strongest[:, :, None], axis=2)[:, :, 0]
    return picked


def _pooled(table: NDArray[np.float64], name: str, kind: Kind, marks: Sequence[Where], height: int) -> go.Figure:
    rows, columns = table.shape
    high, wide = -(-rows // POOLED[0]), -(-columns // POOLED[1])
    cells = pool(table, high, wide)
    y, x = np.indices(cells.shape)
    ends = (y * high, np.minimum((y + 1) * high, rows) - 1, x * wide, np.minimum((x + 1) * wide, columns) - 1)
    block = (
        "rows %{customdata[0]} to %{customdata[1]}, columns %{customdata[2]} to %{customdata[3]}<br>"
        "largest in size: %{z:.6g}"
    )
    fig = _heat(cells, kind, height, f"{name}, {block}", gap=0)
    fig.update_traces(customdata=np.stack(ends, axis=-1))
    for row, column in marks:
        _frame(fig, *_ends(row, rows, high), *_ends(column, columns, wide))
    return fig


def _heat(cells: NDArray[np.float64], kind: Kind, height: int, hover: str, gap: int = 1) -> go.Figure:
    fig = figure(height=height)
    top = float(np.nanmax(np.abs(cells), initial=0.0)) or 1.0
    small = cells.size <= 400
    fig.add_heatmap(
        z=cells,
        x=list(range(cells.shape[1])),
        y=list(range(cells.shape[0])),
        zmin=-top if kind == "signed" else 0.0,
        zmax=max(top, 1.0) if kind == "image" else top,
        colorscale=[list(stop) for stop in SCALES[kind]],
        showscale=False,
        zsmooth=False,
        hoverongaps=False,
        xgap=gap if small else 0,
        ygap=gap if small else 0,
        hovertemplate=hover + "<extra></extra>",
    )
    bare(fig)
    fig.update_yaxes(scaleanchor=None)
    return fig.update_layout(margin={"l": 2, "r": 2, "t": 2, "b": 2})


def _height(high: int, wide: int, wanted: int | None) -> int:
    if wanted is not None:
        return wanted
    if high <= PRINTED[0] and wide <= PRINTED[1]:
        return 44 * high + 8
    return 190 if high == wide == 28 else min(220, max(48, 22 * high + 8))


def _print(fig: go.Figure, cells: NDArray[np.float64], units: NDArray[np.float64] | None) -> None:
    """Write the numbers into the cells, in a folded row with each number's place above it."""
    top = float(np.nanmax(np.abs(cells), initial=0.0)) or 1.0
    signed = fig.data[0].zmin < 0
    notes = []
    for row, column in np.argwhere(np.isfinite(cells)):
        value = float(cells[row, column])
        text = f"{value + 0.0:.{3 if units is None else 2}g}"
        if units is not None:
            text = f"<span style='font-size:9px'>[{units[row, column]:.0f}]</span><br>{text}"
        share = abs(value) / top
        dark = share > 0.62 if signed else share < 0.62
        font = {"size": 12, "color": "#FFFFFF" if dark else "#111111"}
        notes.append({"x": int(column), "y": int(row), "text": text, "font": font})
    write_all(fig, notes)


def _laid_out(numbers: NDArray[Any], high: int, wide: int) -> NDArray[np.float64]:
    """The numbers row by row in a table of that size, with nothing in the cells left over."""
    table = np.full(high * wide, np.nan)
    table[: numbers.size] = numbers.reshape(-1)
    return table.reshape(high, wide)


def _ends(at: int | None, count: int, block: int) -> tuple[int, int]:
    """First and last cell on the screen of row or column `at`, or of all."""
    return (at // block, at // block) if at is not None else (0, (count - 1) // block)


def _frame(fig: go.Figure, top: int, bottom: int, left: int, right: int) -> None:
    fig.add_shape(
        type="rect", x0=left - 0.5, x1=right + 0.5, y0=top - 0.5, y1=bottom + 0.5, line={"color": GREEN, "width": 2.5}
    )
