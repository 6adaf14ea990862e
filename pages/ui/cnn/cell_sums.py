"""How one cell comes about, in numbers: the sum of a convolution, ReLU's cut, the largest of four."""

import streamlit as st
from torch import Tensor

from core.charts.palette import GRAY_INK, SEQUENTIAL
from core.formatting import latex_number
from core.lessons.cnn.charts.maps import number_grid_figure, written
from core.lessons.cnn.convolution_by_hand import Product, Window
from pages.ui.kit.widgets.chart import chart


def show_product(kernel: Tensor, found: Product, bias: float, row: int, column: int) -> None:
    """Patch, kernel and products as grids with their numbers; then the sum, written out."""
    st.markdown(f"**The output at row {row}, column {column}**")
    patch, weights, products = st.columns(3, gap="small")
    with patch:
        st.caption("The patch in the frame")
        fig = number_grid_figure(found.window.values, scale=GRAY_INK, limits=(0.0, 1.0))
        chart(fig, "cnn_hand_patch", still=True)
    with weights:
        st.caption("× the kernel")
        chart(number_grid_figure(kernel), "cnn_hand_kernel_grid", still=True)
    with products:
        st.caption("= the products, cell by cell")
        chart(number_grid_figure(found.products), "cnn_hand_products", still=True)
    st.latex(written_sum(kernel, found, bias))
    st.caption("Shown to three digits, computed with all of them.")


def written_sum(kernel: Tensor, found: Product, bias: float) -> str:
    """LaTeX: of a 3×3 kernel a line for each row's products and their sum, of a larger one the sums alone."""
    sums = [float(line) for line in found.products.sum(dim=1)]
    lines: list[str] = []
    if len(kernel) == 3:
        for numbers, weights, total in zip(found.window.values, kernel, sums, strict=True):
            terms = " + ".join(
                rf"{_plain(float(x))} \cdot {_signed(float(w))}" for x, w in zip(numbers, weights, strict=True)
            )
            lines.append(rf"{terms} &= {_plain(total)}")
    else:
        lines.append(rf"&\text{{the {len(kernel)} rows of products:}}")
    # Three sums a line: a phone has no room for more.
    parts = [" + ".join(_signed(total) for total in sums[at : at + 3]) for at in range(0, len(sums), 3)]
    last = rf"\underbrace{{{_signed(bias)}}}_{{\text{{bias}}}}"
    if len(kernel) == 3:
        lines.append(rf"{parts[0]} + {last} &= \mathbf{{{_plain(found.total)}}}")
    else:
        lines += [rf"&{parts[0]}", rf"&+ {parts[1]} + {last} = \mathbf{{{_plain(found.total)}}}"]
    return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"


def show_relu(values: Tensor, row: int, column: int) -> None:
    """One cell before and after, and how many of all were cut."""
    value = float(values[row, column])
    passed = _plain(max(0.0, value))
    st.latex(rf"\max(0,\; y_{{{row},{column}}}) = \max(0,\; {_plain(value)}) = \mathbf{{{passed}}}")
    cut = int((values < 0).sum())
    st.caption(
        f"{cut:,} of the {values.numel():,} cells were below zero and are 0 now; the others pass unchanged."
        if cut
        else f"None of the {values.numel():,} cells is below zero: ReLU changes nothing here."
    )


def show_pool(window: Window, values: Tensor, row: int, column: int) -> None:
    """The four cells that one pooled cell chooses from, the winner framed."""
    st.markdown(f"**The pooled cell at row {row}, column {column}**")
    winner = int(window.values.argmax())
    place = divmod(winner, 2)
    best = float(window.values[place])
    equal = int((window.values == best).sum())
    grid, told = st.columns([1, 2], vertical_alignment="center")
    with grid:
        top = float(values.max()) or 1.0
        frame = place if equal == 1 else None
        fig = number_grid_figure(window.values, scale=SEQUENTIAL, limits=(0.0, top), frame=frame)
        chart(fig, "cnn_hand_pool_window", still=True)
    with told:
        four = ",\\; ".join(_plain(float(value)) for value in window.values.flatten())
        st.latex(rf"\max({four}) = \mathbf{{{_plain(best)}}}")
        if equal == 1:
            st.markdown(
                f"The cell at row {window.top + place[0]}, column {window.left + place[1]} wins. Only its "
                "number goes on; where among the four it lay is forgotten."
            )
        elif equal == 4:
            st.markdown(f"All four are {written(best)}, so {written(best)} goes on.")
        else:
            st.markdown(f"{equal} of the four are equally large: {written(best)} goes on.")
    if len(values) % 2:
        st.caption("The map's side is odd: its last row and column find no partner and are left out.")


def _plain(value: float) -> str:
    """A number to three digits for LaTeX."""
    return latex_number(round(value, 12), 3)  # not the 1e-17 that rounding leaves


def _signed(value: float) -> str:
    """The same, in brackets where it is negative."""
    text = _plain(value)
    return f"({text})" if value < 0 and text != "0" else text
