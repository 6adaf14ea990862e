"""Tables of numbers as colored cells: tensors, a layer's units, confusion matrices; cells that can be clicked."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.palette import DIVERGING, GRAY_INK, GREEN, SEQUENTIAL, Scale
from core.charts.style import cell_frame, figure, heat, image_figure, note

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
    customdata = np.stack([*where, cells], axis=-1)
    fig = _heat(cells, kind, _height(high, wide, height), f"{name}{index} = %{{customdata[2]:.8g}}", customdata)
    if high <= PRINTED[0] and wide <= PRINTED[1]:
        _print(fig, cells, (where[1] if rows == 1 else where[0]) if fold else None)
    if fold == 28:
        fig.update_yaxes(scaleanchor="x")
    if click:
        clickable_cells(fig, high, wide, size=30 if high * wide <= 48 else 9)
    for row, column in marks:
        if not fold:
            fig.add_shape(cell_frame(*_ends(column, columns, 1), *_ends(row, rows, 1), GREEN))
        elif (place := column if rows == 1 else row) is not None:
            fig.add_shape(cell_frame(place % fold, place % fold, place // fold, place // fold, GREEN))
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
    fig = _heat(cells, kind, height, f"{name}, {block}", np.stack(ends, axis=-1), gap=0)
    for row, column in marks:
        fig.add_shape(cell_frame(*_ends(column, columns, wide), *_ends(row, rows, high), GREEN))
    return fig


def _heat(
    cells: NDArray[np.float64], kind: Kind, height: int, hover: str, customdata: NDArray[Any], gap: int = 1
) -> go.Figure:
    top = float(np.nanmax(np.abs(cells), initial=0.0)) or 1.0
    trace = heat(
        cells,
        SCALES[kind],
        -top if kind == "signed" else 0.0,
        max(top, 1.0) if kind == "image" else top,
        gap=gap if cells.size <= 400 else 0,
        x=list(range(cells.shape[1])),
        y=list(range(cells.shape[0])),
        customdata=customdata,
        hover=hover,
    )
    return image_figure([trace], height=height, square=False, margin={"l": 2, "r": 2, "t": 2, "b": 2})


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
        notes.append(note(text, int(column), int(row), color="#FFFFFF" if dark else "#111111"))
    fig.update_layout(annotations=notes)


def _laid_out(numbers: NDArray[Any], high: int, wide: int) -> NDArray[np.float64]:
    """The numbers row by row in a table of that size, with nothing in the cells left over."""
    table = np.full(high * wide, np.nan)
    table[: numbers.size] = numbers.reshape(-1)
    return table.reshape(high, wide)


def _ends(at: int | None, count: int, block: int) -> tuple[int, int]:
    """First and last cell on the screen of row or column `at`, or of all."""
    return (at // block, at // block) if at is not None else (0, (count - 1) // block)


def clickable_cells(fig: go.Figure, rows: int, columns: int, *, size: int = 30) -> go.Figure:
    """Lay an invisible marker over each cell; a selected point's `y` and `x` name its row and column.

    The markers catch the mouse, so they take over the heat map's hover text and its `customdata`.
    """
    heat = fig.data[0]
    row, column = (grid.flatten() for grid in np.mgrid[0:rows, 0:columns])
    fig.add_scatter(
        x=[heat.x[i] for i in column],
        y=[heat.y[i] for i in row],
        mode="markers",
        marker={"size": size, "symbol": "square", "opacity": 0.0},
        selected={"marker": {"opacity": 0.0}},
        unselected={"marker": {"opacity": 0.0}},
        customdata=np.asarray(heat.customdata).reshape(rows * columns, -1),
        hovertemplate=heat.hovertemplate,
        showlegend=False,
    )
    heat.hoverinfo, heat.hovertemplate = "skip", None
    return fig.update_layout(clickmode="event+select")


def mark_cell(fig: go.Figure, row: int, column: int, color: str) -> go.Figure:
    """Draw a frame around one cell."""
    return fig.add_shape(cell_frame(column, column, row, row, color))


CELL = 17  # screen pixels a row


def unit_grid_figure(values: ArrayLike, *, limits: tuple[float, float], columns: int | None = None) -> go.Figure:
    """values (N,): activations, unit 0 top left. Limits that reach below zero give the diverging scale."""
    numbers = np.asarray(values, dtype=float)
    if columns is None:
        columns = min(len(numbers), 20 if len(numbers) <= 200 else 32)
    rows = -(-len(numbers) // columns)
    signed = limits[0] < 0
    top = max(abs(limits[0]), abs(limits[1])) or 1.0
    cells = heat(
        _laid_out(numbers, rows, columns),
        DIVERGING if signed else SEQUENTIAL,
        -top if signed else 0.0,
        top,
        gap=1,
        customdata=np.arange(rows * columns).reshape(rows, columns),
        hover="unit %{customdata}: %{z:.3f}",
    )
    return image_figure([cells], height=max(40, CELL * rows + 4), square=False)


def confusion_figure(
    counts: ArrayLike, *, names: Sequence[str] | None = None, things: str = "images", height: int = 380
) -> go.Figure:
    """counts[t, p] (C, C): things of class t predicted as p, written in each cell; color is the share of the row.

    The diagonal (classified correctly) is left pale, so that the mistakes stand out. names: of the classes,
    their numbers if None. things: what is counted.
    """
    table = np.asarray(counts, dtype=float)
    share = table / table.sum(axis=1, keepdims=True).clip(1)
    off = share.copy()
    np.fill_diagonal(off, np.nan)
    names = [str(label) for label in range(len(table))] if names is None else list(names)
    worst = max(0.05, float(np.nanmax(off, initial=0.0)))  # where the colors end
    cells = heat(
        off,
        SEQUENTIAL,
        0,
        worst,
        gap=1,
        x=names,
        y=names,
        hoverongaps=True,  # also over the diagonal
        customdata=np.stack([table, share], axis=-1),
        hover=f"%{{customdata[0]:,}} {things} of class %{{y}} predicted as %{{x}} (%{{customdata[1]:.2%}})",
    )
    inks = {False: "#FFFFFF", True: "#111111"}
    notes = [
        note(
            f"{int(table[true, predicted]):,}",
            int(predicted),
            int(true),
            size=11,
            color=None if true == predicted else inks[bool(off[true, predicted] > 0.55 * worst)],
        )
        for true, predicted in np.argwhere(table > 0)
    ]
    return figure(
        [cells],
        notes,
        height=height,
        x_title="predicted",
        y_title="true",
        x_axis={"type": "category", "showline": False, "fixedrange": True},
        y_axis={
            "type": "category",
            "showgrid": False,
            "autorange": "reversed",
            "fixedrange": True,
            "title": {"text": "true", "standoff": 14},
        },
        dragmode=False,
    )
