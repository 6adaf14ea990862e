"""Point at one number of a step's result, by its indices or with a click on the heat map."""

from functools import partial

import streamlit as st

from core.backprop.step import Step


def row_key(number: int, rows: int) -> str:
    """The widget that holds the row chosen at step `number`."""
    return f"manual_row_{number + 1}_of_{rows}"


def column_key(number: int, columns: int) -> str:
    """The widget that holds the column chosen at step `number`."""
    return f"manual_column_{number + 1}_of_{columns}"


def pick_cell(step: Step, number: int) -> tuple[int, int]:
    """Number fields for row and column of the result; they start at its largest number in size."""
    grid = step.result.grid
    rows, columns = grid.shape
    first, second = divmod(int(grid.abs().argmax()), columns)
    if rows == columns == 1:
        return 0, 0
    with st.container(horizontal=True, gap="small"):
        if rows > 1:
            first = _field("Row", row_key(number, rows), rows, first, _row_told(step))
        if columns > 1:
            second = _field("Column", column_key(number, columns), columns, second, _column_told(step))
    return first, second


def _field(label: str, key: str, count: int, start: int, told: str) -> int:
    return int(
        st.number_input(
            label,
            0,
            count - 1,
            start,
            key=key,
            bind="query-params",
            width=130,
            help=f"{told} 0 to {count - 1}; or click a cell of the result.",
        )
    )


def _row_told(step: Step) -> str:
    return "The image of the batch." if step.column is not None else "The unit it comes from."


def _column_told(step: Step) -> str:
    return "The unit it belongs to." if step.column is not None else "The unit it leads to."


def clicked(chart: str, number: int, rows: int, columns: int) -> partial[None]:
    """Callback for a heat map's selection: its cell becomes the one shown."""
    return partial(_take, chart, row_key(number, rows), column_key(number, columns))


def _take(chart: str, row: str, column: str) -> None:
    points = st.session_state[chart].selection.points
    cell = points[0].get("customdata") if points else None
    if isinstance(cell, dict):  # the browser hands a row of a number table back as {"0": 3.0, "1": 2.0, …}
        cell = list(cell.values())
    for key, place in zip((row, column), cell or (), strict=False):
        if key in st.session_state and place is not None:
            st.session_state[key] = int(place)
