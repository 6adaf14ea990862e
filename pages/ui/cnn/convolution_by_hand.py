"""Tab: one convolution worked out by hand, cell by cell, then ReLU and max-pooling."""

from dataclasses import dataclass
from functools import partial

import streamlit as st
from torch import Tensor

from core.charts.palette import DIVERGING, GRAY_INK, SEQUENTIAL
from core.data.digits import Mnist
from core.formatting import latex_number
from core.lessons.cnn.charts.maps import number_grid_figure, picked_map_figure, written
from core.lessons.cnn.convolution_by_hand import (
    Product,
    Window,
    convolve,
    max_pool,
    off_torch,
    padded,
    pool_window,
    product,
    relu,
)
from core.models.threads import one_thread
from pages.ui.cnn.filter_editor import edited_filter
from pages.ui.kit.drawing.canvas import beside_canvas
from pages.ui.kit.network.image_picker import subject
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart

CONVOLVE, RELU, POOL = "1 · convolution", "2 · ReLU", "3 · max-pooling"
renamed("cnn_hand_stage", {"3 · max-pool": POOL})

CODE = """\
import torch
from torch.nn import functional

def convolve(image, kernel, bias, stride, padding):
    image = functional.pad(image, [padding] * 4)        # zeros around it
    k = len(kernel)
    windows = image.unfold(0, k, stride).unfold(1, k, stride)   # (rows, columns, k, k)
    return (windows * kernel).sum(dim=(2, 3)) + bias    # the kernel is not flipped

image = torch.rand(28, 28)
kernel = torch.tensor([[-1., 0., 1.], [-2., 0., 2.], [-1., 0., 1.]])
ours = convolve(image, kernel, bias=0.1, stride=2, padding=1)

theirs = functional.conv2d(                             # PyTorch's: images, then kernels
    image[None, None], kernel[None, None], torch.tensor([0.1]), stride=2, padding=1
)
assert torch.allclose(ours, theirs[0, 0], atol=1e-5)

pooled = functional.max_pool2d(ours.relu()[None], 2)    # the largest of every 2×2
"""


@dataclass(frozen=True, eq=False)
class Settings:
    """What slides over what: an image (28, 28), a kernel (k, k), and how it moves."""

    image: Tensor
    kernel: Tensor
    bias: float
    stride: int
    padding: int

    def convolved(self) -> Tensor:
        """The map of all places."""
        return convolve(self.image, self.kernel, self.bias, self.stride, self.padding)


@st.fragment
@one_thread()
def by_hand(mnist: Mnist) -> None:
    """Image and kernel on the left; on the right what the kernel detects, and how one number comes about."""
    with error_boundary():
        left, right = beside_canvas()
        with left:
            settings = _settings(mnist)
        with right:
            stage = st.segmented_control(
                "Step",
                [CONVOLVE, RELU, POOL],
                default=CONVOLVE,
                required=True,
                key="cnn_hand_stage",
                bind="query-params",
                help="What a convolutional block computes, step by step.",
            )
            {CONVOLVE: _convolution, RELU: _relu, POOL: _pool}[stage](settings)
        with st.expander("Is this a convolution?", icon=":material/flip:"):
            st.markdown(
                "In mathematics a convolution flips the kernel first, left to right and top to bottom. "
                "Without the flip it is called *cross-correlation*. Deep learning leaves the flip out and "
                "says convolution all the same: the kernel is learned, so a network would simply learn the "
                "flipped one."
            )
            st.latex(r"y_{r,c} = b + \sum_{i=0}^{k-1}\sum_{j=0}^{k-1} w_{i,j}\; x_{r s + i - p,\; c s + j - p}")
            st.caption("x: image (0 outside it), w: kernel of side k, b: bias, s: stride, p: padding.")
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _settings(mnist: Mnist) -> Settings:
    picture = subject(mnist, "cnn_hand")
    kernel = edited_filter()
    with st.expander("Stride, padding and bias", icon=":material/tune:"):
        stride, padding, bias = _sliding()
    return Settings(picture.image[0].double(), kernel, bias, stride, padding)


def _sliding() -> tuple[int, int, float]:
    """How the kernel moves, and what is added to every sum."""
    stride = st.slider(
        "Stride (pixels)",
        1,
        4,
        1,
        key="cnn_hand_stride",
        bind="query-params",
        help="How far the kernel moves from one place to the next.",
    )
    padding = st.slider(
        "Padding (pixels)",
        0,
        4,
        1,
        key="cnn_hand_padding",
        bind="query-params",
        help="Rows and columns of zeros added around the image.",
    )
    bias = st.slider(
        "Bias",
        -2.0,
        2.0,
        0.0,
        0.1,
        key="cnn_hand_bias",
        bind="query-params",
        help="One number added to every weighted sum.",
    )
    return stride, padding, bias


def _convolution(now: Settings) -> None:
    result = now.convolved()
    side, k = len(result), len(now.kernel)
    pictures = st.container()  # above the sliders, but drawn after: these may take their values from the address
    row, column = _pick("cnn_hand", side)
    found = product(now.image, now.kernel, row, column, now.bias, now.stride, now.padding)
    laid = padded(now.image, now.padding)
    before, after = pictures.columns(2, gap="medium")
    with before:
        st.markdown(f"**Input**, 28 × 28{f', zero padding {now.padding}' if now.padding else ''}")
        frame = (found.window.top, found.window.left, k)
        fig = picked_map_figure(laid, "pixel", scale=GRAY_INK, limits=(0.0, 1.0), frame=frame, border=now.padding)
        chart(fig, "cnn_hand_picture", still=True)
    with after:
        st.markdown(f"**Output**, {side} × {side}", help="Orange: above zero, blue: below. Click a cell.")
        _map(result, "output", "cnn_hand_output", "cnn_hand", row, column)
    show_product(now.kernel, found, now.bias, row, column)
    with st.expander("How large is the output?", icon=":material/straighten:"):
        _output_size(now, side, k)


def _output_size(now: Settings, side: int, k: int) -> None:
    """The formula for the side, with its numbers, and the check against PyTorch."""
    st.latex(
        r"\begin{aligned}\text{side} &= \left\lfloor \frac{28 + 2p - k}{s} \right\rfloor + 1 \\ &= "
        rf"\left\lfloor \frac{{28 + 2\cdot{now.padding} - {k}}}{{{now.stride}}} \right\rfloor + 1 "
        rf"= \mathbf{{{side}}}\end{{aligned}}"
    )
    off = off_torch(now.image, now.kernel, now.bias, now.stride, now.padding)
    st.caption(
        f"Checked against PyTorch's conv2d: the {side * side:,} cells differ by at most {off:.1g}."
        if off
        else f"Checked against PyTorch's conv2d: all {side * side:,} cells are equal."
    )


def _relu(now: Settings) -> None:
    result = now.convolved()
    passed = relu(result)
    pictures = st.container()
    row, column = _pick("cnn_hand", len(result))
    before, after = pictures.columns(2, gap="medium")
    with before:
        st.markdown("**Output of the convolution**")
        _map(result, "output", "cnn_hand_unbent", "cnn_hand", row, column)
    with after:
        st.markdown("**After ReLU**")
        _map(passed, "ReLU", "cnn_hand_relu", "cnn_hand", row, column, signed=False)
    show_relu(result, row, column)


def _pool(now: Settings) -> None:
    passed = relu(now.convolved())
    pooled = max_pool(passed)
    pictures = st.container()
    row, column = _pick("cnn_hand_pool", len(pooled))
    window = pool_window(passed, row, column)
    before, after = pictures.columns(2, gap="medium")
    top = _top(passed)
    with before:
        st.markdown(f"**After ReLU**, {len(passed)} × {len(passed)}")
        frame = (window.top, window.left, 2)
        fig = picked_map_figure(passed, "ReLU", scale=SEQUENTIAL, limits=(0.0, top), frame=frame)
        chart(fig, "cnn_hand_unpooled", still=True)
    with after:
        st.markdown(f"**After 2×2 max-pooling**, {len(pooled)} × {len(pooled)}")
        _map(pooled, "pooled", "cnn_hand_pooled", "cnn_hand_pool", row, column, signed=False, top=top)
    show_pool(window, passed, row, column)


def _map(
    values: Tensor,
    name: str,
    key: str,
    cell: str,
    row: int,
    column: int,
    *,
    signed: bool = True,
    top: float | None = None,
) -> None:
    """A map whose cells can be clicked; the chosen one is framed."""
    top = top or _top(values)
    fig = picked_map_figure(
        values,
        name,
        scale=DIVERGING if signed else SEQUENTIAL,
        limits=(-top if signed else 0.0, top),
        frame=(row, column, 1),
        click=True,
    )
    take = partial(_clicked, key, cell, len(values))
    chart(fig, key, still=True, on_select=take, selection_mode="points")


def _top(values: Tensor) -> float:
    return float(values.abs().max()) or 1.0


def _cell_keys(key: str, side: int) -> tuple[str, str]:
    """Row and column sliders of a map; they go with its side, as their range does."""
    return f"{key}_row_{side}", f"{key}_column_{side}"


def _pick(key: str, side: int) -> tuple[int, int]:
    """Sliders for a cell; they start where a stroke of the first image passes."""
    cell: list[int] = []
    labels = zip(st.columns(2, gap="medium"), ("Row", "Column"), (0.43, 0.3), strict=True)
    for name, (place, label, share) in zip(_cell_keys(key, side), labels, strict=True):
        chosen = place.slider(
            label,
            0,
            side - 1,
            round(share * (side - 1)),
            key=name,
            bind="query-params",
            help=f"Output cell, 0 to {side - 1}: drag and watch the kernel slide.",
        )
        cell.append(int(chosen))
    return cell[0], cell[1]


def _clicked(chart_key: str, key: str, side: int) -> None:
    """Callback: the clicked cell becomes the one shown."""
    points = st.session_state[chart_key].selection.points
    if points:
        for name, axis in zip(_cell_keys(key, side), ("y", "x"), strict=True):
            st.session_state[name] = int(points[0][axis])


# How one cell comes about, in numbers: the sum of a convolution, ReLU's cut, the maximum of four.


def show_product(kernel: Tensor, found: Product, bias: float, row: int, column: int) -> None:
    """Patch, kernel and products as grids with their numbers; then the sum, written out."""
    st.markdown(f"**The output at row {row}, column {column}**")
    patch, weights, products = st.columns(3, gap="small")
    with patch:
        st.caption("Patch in the frame")
        fig = number_grid_figure(found.window.values, scale=GRAY_INK, limits=(0.0, 1.0))
        chart(fig, "cnn_hand_patch", still=True)
    with weights:
        st.caption("× the kernel")
        chart(number_grid_figure(kernel), "cnn_hand_kernel_grid", still=True)
    with products:
        st.caption("= elementwise products")
        chart(number_grid_figure(found.products), "cnn_hand_products", still=True)
    st.latex(written_sum(kernel, found, bias))
    st.caption("Rounded to three digits for display.")


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
        f"{cut:,} of the {values.numel():,} cells are negative and become 0; the others pass unchanged."
        if cut
        else f"None of the {values.numel():,} cells is negative: ReLU changes nothing here."
    )


def show_pool(window: Window, values: Tensor, row: int, column: int) -> None:
    """The four cells that one pooled cell chooses from, the winner framed."""
    st.markdown(f"**The pooled cell at row {row}, column {column}**")
    winner = int(window.values.argmax())
    place = divmod(winner, 2)
    best = float(window.values[place])
    equal = int((window.values == best).sum())
    grid, sentence = st.columns([1, 2], vertical_alignment="center")
    with grid:
        top = float(values.max()) or 1.0
        frame = place if equal == 1 else None
        fig = number_grid_figure(window.values, scale=SEQUENTIAL, limits=(0.0, top), frame=frame)
        chart(fig, "cnn_hand_pool_window", still=True)
    with sentence:
        four = ",\\; ".join(_plain(float(value)) for value in window.values.flatten())
        st.latex(rf"\max({four}) = \mathbf{{{_plain(best)}}}")
        if equal == 1:
            st.markdown(
                f"The cell at row {window.top + place[0]}, column {window.left + place[1]} is the maximum. Only its "
                "value is passed on; its position among the four is lost."
            )
        elif equal == 4:
            st.markdown(f"All four are {written(best)}, so {written(best)} is passed on.")
        else:
            st.markdown(f"{equal} of the four are equally large: {written(best)} is passed on.")
    if len(values) % 2:
        st.caption("The side of the map is odd: its last row and column are dropped.")


def _plain(value: float) -> str:
    """A number to three digits for LaTeX."""
    return latex_number(round(value, 12), 3)  # not the 1e-17 that rounding leaves


def _signed(value: float) -> str:
    """The same, in brackets where it is negative."""
    text = _plain(value)
    return f"({text})" if value < 0 and text != "0" else text
