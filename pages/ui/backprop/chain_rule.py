"""Tab: forward, loss and backward through a network, one operation and one number at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st
import torch

from core.backprop.network import SIZES, Layer, small_batch, small_layers
from core.backprop.step import Named, Step, Where
from core.backprop.walk import columns, seen, walk
from core.charts.heatmaps import EXACT, Kind, matrix_figure
from core.charts.images import picture
from core.config.run import Activation
from core.formatting import article
from core.lessons.backprop.charts.network_diagram import Lit, network_diagram_figure
from core.models.threads import one_thread
from pages.ui.backprop.networks import bare, choose_image, choose_moment
from pages.ui.kit.shell.cache import mnist
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.stepper import stepper

# The two networks of the chain-rule tab, with their settings: a small one, and a digit classifier.


SMALL = "4 → 3 → 3"
ACTIVATIONS: list[Activation] = ["sigmoid", "tanh", "relu"]
RATES = (0.001, 0.01, 0.03, 0.1, 0.3, 1.0)


@dataclass(frozen=True, eq=False)
class Case:
    """A network on a batch, walked through."""

    layers: list[Layer]
    steps: list[Step]


def _rate() -> float:
    """The learning rate of the update."""
    return float(
        st.select_slider(
            "Learning rate η",
            RATES,
            0.1,
            key="manual_walk_lr",
            bind="query-params",
            width=170,
            format_func=lambda rate: f"{rate:g}",
            help="Step size of the update at the end of the walk.",
        )
    )


def small_case() -> Case:
    """Activation, batch, seed and inputs of the small network. Call it inside a horizontal container."""
    activation = st.selectbox(
        "Activation σ",
        ACTIVATIONS,
        key="manual_walk_activation",
        bind="query-params",
        width=140,
        help="The activation function of the hidden layer.",
    )
    images = st.segmented_control(
        "Images",
        [1, 2],
        default=2,
        required=True,
        key="manual_walk_images",
        bind="query-params",
        help="Batch size; the gradients of weights and biases are sums over the batch.",
    )
    rate = _rate()
    images = int(images or 2)
    with st.popover("Inputs", icon=":material/tune:", help="Seed, the four inputs and the true class."):
        seed = int(
            st.number_input(
                "Seed",
                0,
                999,
                1,
                key="manual_walk_seed",
                bind="query-params",
                width=130,
                help="Random weights, biases and inputs, each with one decimal. 0 to 999.",
            )
        )
        layers = small_layers(seed)
        x, labels = small_batch(seed, 2)
        for n in range(images):
            cells = st.columns(SIZES[0] + 1)
            for i, cell in enumerate(cells[:-1]):
                x[n, i] = cell.number_input(
                    f"x[{n},{i}]",
                    -5.0,
                    5.0,
                    float(x[n, i]),
                    0.1,
                    format="%.1f",
                    key=f"manual_x_{seed}_{n}_{i}",
                    bind="query-params",
                    help=f"Input {i} of image {n}, from −5 to 5.",
                )
            labels[n] = cells[-1].number_input(
                f"y[{n}]",
                0,
                SIZES[-1] - 1,
                int(labels[n]),
                key=f"manual_y_{seed}_{n}",
                bind="query-params",
                help=f"The true class of image {n}: 0, 1 or 2.",
            )
    steps = walk(layers, activation, x[:images], labels[:images], rate)
    return Case(layers, steps)


def big_case() -> Case:
    """Digit and weights for a digit classifier. Call it inside a horizontal container."""
    digits = mnist()
    at_start = choose_moment("manual_walk_weights")
    index = choose_image(digits, "manual_walk_image")
    image, label = digits.test.images[index], int(digits.test.labels[index])
    st.image(picture(image[0].numpy(), size=64), width=64, alt=f"Test image {index}, {article(label)}")
    st.markdown(f"{article(f'**{label}**')}")
    rate = _rate()
    net = bare("mlp-manual", at_start)
    steps = walk(net.layers, net.activation, net.vector(image), torch.tensor([label]), rate)
    return Case(net.layers, steps)


BIG = "784 → 100 → 10"
PHASES = {
    "forward": ("forward", "blue"),
    "loss": ("loss", "green"),
    "backward": ("backward", "orange"),
    "update": ("update", "violet"),
}

CODE = """\
N, K = len(x), W_o.shape[1]
z_h = x @ W_h + b_h                        # forward
a_h = sigma(z_h)
z_o = a_h @ W_o + b_o
y_hat = torch.softmax(z_o, dim=1)
L = -y_hat[range(N), y].log().mean()       # the loss

delta_o = (y_hat - one_hot(y, K)) / N      # backward
dW_o, db_o = a_h.T @ delta_o, delta_o.sum(0)
da_h = delta_o @ W_o.T
delta_h = da_h * derivative(z_h, a_h)      # sigmoid: a_h * (1 - a_h)
dW_h, db_h = x.T @ delta_h, delta_h.sum(0)

W_h, b_h = W_h - lr * dW_h, b_h - lr * db_h    # the update
W_o, b_o = W_o - lr * dW_o, b_o - lr * db_o
"""


@st.fragment
@one_thread()
def chain_rule() -> None:
    """Choose a network, walk through its operations, and click a number for the sum it comes from."""
    with error_boundary():
        case = _choose()
        number = stepper("manual_step", len(case.steps), "step")
        step = case.steps[number]
        _course(case.steps, number)
        left, right = st.columns([1.5, 1], gap="large")
        with right:
            _headline(step, number, len(case.steps))
            row, column = pick_cell(step, number)
            cell = step.cell(row, column)
            st.latex(cell.worked(most=4 if len(case.layers[0].weight) > 12 else 6))
        with left:
            _diagram(case, number, row, column)
        tensors(step, number, row, column)
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _choose() -> Case:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        network = st.segmented_control(
            "Network",
            [SMALL, BIG],
            default=SMALL,
            required=True,
            key="manual_walk_network",
            bind="query-params",
            help="A network of 25 parameters, small enough to show every number, or a digit classifier.",
        )
        if network == BIG:
            return big_case()
        return small_case()


def _course(steps: list[Step], number: int) -> None:
    """All results in their order, the one of this step marked."""
    notation = []
    for index, step in enumerate(steps):
        color, name = PHASES[step.phase][1], rf"${step.result.inline}$"
        notation.append(f":{color}-badge[{name}]" if index == number else f":{color}[{name}]")
    st.caption(" · ".join(notation))


def _headline(step: Step, number: int, count: int) -> None:
    phase, color = PHASES[step.phase]
    st.markdown(f":{color}-badge[{phase}] Step {number + 1} of {count}")
    st.subheader(step.title, anchor=False)
    st.latex(step.formula)


def _diagram(case: Case, number: int, row: int, column: int) -> None:
    step, large = case.steps[number], len(case.layers[0].weight) > 12
    parts = columns(case.layers)
    batch = len(case.steps[0].operands[0].tensor)
    image = row if step.column is not None and row < batch else 0
    enters = None if step.enters is None else int(step.enters[image])
    path = step.cell(row, column).path if enters is None else ((enters, 0),)
    lit = Lit(step.columns, step.gaps, path, step.phase == "backward", enters)
    fig = network_diagram_figure(
        parts,
        lit,
        single=[gap for gap in range(len(parts) - 1) if parts[gap + 1].name.startswith("a")],
        values=seen(case.steps, number, image),
        height=390 if large else 320,
    )
    chart(fig, "manual_diagram", still=True, alt=f"Network diagram. {step.title}: {step.result.notation}")
    what = "values" if step.phase in ("forward", "loss") else "gradients"
    of = f" for image {image} of the batch" if batch > 1 else ""
    alone = f" In L's circle: the loss of image {image} alone; L is the mean over the batch."
    going = ":orange[backward]" if lit.backward else ":blue[forward]"
    st.caption(
        f"Highlighted: the units of this step{'' if step.phase == 'update' else f', {going}'}; :green[green]: "
        f"those of the chosen number. {'Hover over a circle' if large else 'In the circles'}: the {what} "
        f"computed so far{of}.{alone if step.phase == 'loss' and batch > 1 else ''}"
    )


# The tensors of a step as heat maps: what goes in, what comes out, the chosen number framed in all.


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
        "Green frames: the chosen number, and the numbers it is computed from. Click a cell of the result to choose "
        "it; hover for exact values. Indices count from 0."
    )


def _operand(operand: Named, reads: Where, several: Sequence[Where], key: str) -> None:
    _name(operand)
    grid = operand.grid
    fig = matrix_figure(grid, operand.notation, kind=_kind(operand), marks=several or [reads])
    chart(fig, key, still=True, alt=f"{operand.notation}, shape {operand.shape}")
    if grid.numel() > EXACT:
        st.caption("Each cell: the entry of largest absolute value in a block.")
        row, column = reads
        if row is None and column is not None:
            _cut(operand, column, f"{key}_cut")
        elif row is not None:
            st.markdown(f"Row {row}, exact values:")
            cut = grid[row : row + 1]
            chart(
                matrix_figure(cut, operand.notation, offset=(row, 0)),
                f"{key}_cut",
                still=True,
                alt=f"Row {row} of {operand.notation}",
            )


def _result(step: Step, number: int, row: int, column: int) -> None:
    result, grid = step.result, step.result.grid
    rows, columns = grid.shape
    key = f"manual_result_{number + 1}_{rows}_{columns}"
    _name(result, "=")
    large = grid.numel() > EXACT
    words = f"{result.notation}, shape {result.shape}; chosen: row {row}, column {column}"
    fig = matrix_figure(
        grid, result.notation, kind=_kind(result), marks=[(row, column)], click=not large and grid.numel() > 1
    )
    if large:
        chart(fig, key, still=True, alt=words)
        st.caption("Each cell: the entry of largest absolute value in a block.")
        _cut(result, column, f"{key}_cut", row, clicked(f"{key}_cut", number, rows, columns))
    elif grid.numel() == 1:
        chart(fig, key, still=True, alt=words)
    else:
        chart(fig, key, still=True, alt=words, on_select=clicked(key, number, rows, columns), selection_mode="points")


def _cut(tensor: Named, column: int, key: str, row: int | None = None, on_select: object = None) -> None:
    """One column of a matrix too large to show, exactly; 784 numbers as the image they belong to."""
    pixels = " as an image" if len(tensor.grid) == 784 else ""
    st.markdown(f"Column {column}, exact values{pixels}:")
    cut = tensor.grid[:, column : column + 1]
    fig = matrix_figure(cut, tensor.notation, offset=(0, column), marks=[(row, None)], click=on_select is not None)
    if on_select is None:
        chart(fig, key, still=True, alt=f"Column {column} of {tensor.notation}")
    else:
        chart(
            fig,
            key,
            still=True,
            alt=f"Column {column} of {tensor.notation}",
            on_select=on_select,
            selection_mode="points",
        )


def _name(tensor: Named, sign: str = "") -> None:
    st.markdown(f"{sign} $\\displaystyle {tensor.latex}$ &nbsp; :gray[{tensor.shape}]".strip())


def _kind(tensor: Named) -> Kind:
    if tensor.role == "input" and tensor.grid.shape[1] == 784 and not tensor.gradient:
        return "image" if float(tensor.tensor.min()) >= 0 else "signed"
    return KINDS[tensor.role]


# Point at one number of a step's result, by its indices or with a click on the heat map.


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


def _field(label: str, key: str, count: int, start: int, notation: str) -> int:
    return int(
        st.number_input(
            label,
            0,
            count - 1,
            start,
            key=key,
            bind="query-params",
            width=130,
            help=f"{notation} 0 to {count - 1}. Or click a cell of the result.",
        )
    )


def _row_told(step: Step) -> str:
    return "Image of the batch." if step.column is not None else "Input unit."


def _column_told(step: Step) -> str:
    return "Unit of the layer." if step.column is not None else "Output unit."


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
