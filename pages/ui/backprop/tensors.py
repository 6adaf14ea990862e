"""The tensors of a step as heat maps: what goes in, what comes out, the chosen number framed in all."""

from collections.abc import Sequence

import streamlit as st

from core.backprop.step import Named, Step, Where
from core.charts.heatmaps import EXACT, Kind, matrix_figure
from pages.ui.backprop.pick_cell import clicked
from pages.ui.kit.widgets.chart import chart

KINDS: dict[str, Kind] = {"input": "signed", "signed": "signed", "share": "share"}


def tensors(step: Step, number: int, row: int, column: int) -> None:
    """Operands and, last, the result, side by side; on a phone below each other."""
    cell = step.cell(row, column)
    places = st.columns(len(step.operands) + 1, gap="medium")
    for index, (place, operand, reads) in enumerate(zip(places, step.operands, cell.reads, strict=False)):
        with place, st.container(border=True):
            _operand(operand, reads, cell.several, f"manual_operand_{number + 1}_{index}")
    with places[-1], st.container(border=True):
        _result(step, number, row, column)
    st.caption(
        "Framed in green: the chosen number, and what it is computed from. Hover over a cell for its exact "
        "number; indices count from 0."
    )


def _operand(operand: Named, reads: Where, several: Sequence[Where], key: str) -> None:
    _name(operand)
    grid = operand.grid
    fig = matrix_figure(grid, operand.told, kind=_kind(operand), marks=several or [reads])
    chart(fig, key, still=True)
    if grid.numel() > EXACT:
        st.caption("Each dot: the largest in size of a block.")
        row, column = reads
        if row is None and column is not None:
            _cut(operand, column, f"{key}_cut")
        elif row is not None:
            st.markdown(f"Its row {row}, exactly:")
            cut = grid[row : row + 1]
            chart(matrix_figure(cut, operand.told, offset=(row, 0)), f"{key}_cut", still=True)


def _result(step: Step, number: int, row: int, column: int) -> None:
    result, grid = step.result, step.result.grid
    rows, columns = grid.shape
    key = f"manual_result_{number + 1}_{rows}_{columns}"
    _name(result, "=")
    large = grid.numel() > EXACT
    fig = matrix_figure(
        grid, result.told, kind=_kind(result), marks=[(row, column)], click=not large and grid.numel() > 1
    )
    if large:
        chart(fig, key, still=True)
        st.caption("Each dot: the largest in size of a block.")
        _cut(result, column, f"{key}_cut", row, clicked(f"{key}_cut", number, rows, columns))
    elif grid.numel() == 1:
        chart(fig, key, still=True)
    else:
        chart(fig, key, still=True, on_select=clicked(key, number, rows, columns), selection_mode="points")


def _cut(tensor: Named, column: int, key: str, row: int | None = None, on_select: object = None) -> None:
    """One column of a matrix too large to show, exactly; 784 numbers as the image they belong to."""
    pixels = " as an image" if len(tensor.grid) == 784 else ""
    st.markdown(f"Its column {column}, exactly{pixels}:")
    cut = tensor.grid[:, column : column + 1]
    fig = matrix_figure(cut, tensor.told, offset=(0, column), marks=[(row, None)], click=on_select is not None)
    if on_select is None:
        chart(fig, key, still=True)
    else:
        chart(fig, key, still=True, on_select=on_select, selection_mode="points")


def _name(tensor: Named, sign: str = "") -> None:
    st.markdown(f"{sign} $\\displaystyle {tensor.latex}$ &nbsp; :gray[{tensor.shape}]".strip())


def _kind(tensor: Named) -> Kind:
    if tensor.role == "input" and tensor.grid.shape[1] == 784 and not tensor.gradient:
        return "image" if float(tensor.tensor.min()) >= 0 else "signed"
    return KINDS[tensor.role]
