"""Autograd in three lines: three numbers, one function, and the graph that finds the gradient."""

import streamlit as st
from torch import Tensor

from core.charts.computation_graph import Box, operations_figure
from core.lessons.mlp.autograd_graph import FUNCTIONS, Trace, trace, worked
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.chart import chart

START = (3.0, 2.0, 3.0)  # the slides' example


@st.fragment
def autograd_demo() -> None:
    """Change the numbers or the function and watch values go down and gradients come up."""
    with error_boundary():
        name, values = _controls()
        found = trace(name, values)
        _three_lines(name, values, found)
        loss, slopes = worked(name, values)
        formula = FUNCTIONS[name].formula.replace("=", "&=", 1)
        st.latex(rf"\begin{{aligned}} {formula} \\ &= {loss} = \mathbf{{{_number(found.loss)}}} \end{{aligned}}")
        text, graph = st.columns([1, 1.5], gap="medium", vertical_alignment="center")
        with text:
            _slopes(name, slopes, found)
        with graph:
            chart(operations_figure(_boxes(found)), "mlp_autograd_graph", still=True)
            st.caption(
                "Read from `loss.grad_fn.next_functions`: each box is an operation PyTorch wrote down while "
                "it computed. `backward()` walks the same boxes from the bottom to the top."
            )


def _controls() -> tuple[str, list[float]]:
    columns = st.columns([2.2, 1, 1, 1])
    with columns[0]:
        name = st.selectbox(
            "Function",
            list(FUNCTIONS),
            format_func=lambda key: f"{FUNCTIONS[key].code}",
            key="mlp_function",
            bind="query-params",
            help="What is computed from the three numbers.",
        )
    values = []
    for index, column in enumerate(columns[1:]):
        with column:
            values.append(
                st.number_input(
                    f"a[{index}]",
                    min_value=-10.0,
                    max_value=10.0,
                    value=START[index],
                    step=0.5,
                    key=f"mlp_a{index}",
                    bind="query-params",
                    help="One of the three numbers in a, from −10 to 10.",
                )
            )
    return name, values


def _three_lines(name: str, values: list[float], found: Trace) -> None:
    numbers = ", ".join(_number(value, dot=True) for value in values)
    st.code(
        f"a = torch.tensor([{numbers}], requires_grad=True)\n"
        f"loss = {FUNCTIONS[name].code}\n"
        f"loss.backward()\n\n"
        f"loss    # {_number(found.loss)}\n"
        f"a.grad  # {_vector(found.gradient)}",
        language="python",
    )


def _slopes(name: str, slopes: list[str], found: Trace) -> None:
    """The derivative in general, then with the numbers, one line for each of the three."""
    if FUNCTIONS[name].slope:
        st.latex(FUNCTIONS[name].slope)
    for index, slope in enumerate(slopes):
        value = _number(float(found.gradient[index]))
        way = "" if slope == value else f"{slope} = "
        st.latex(rf"\frac{{\partial L}}{{\partial a_{index}}} = {way}\mathbf{{{value}}}")


def _boxes(found: Trace) -> list[Box]:
    last = len(found.nodes) - 1
    return [
        Box(
            title=f"{node.operation} = loss" if index == last else "a, the leaf" if index == 0 else node.operation,
            note=node.name,
            value=_vector(node.value),
            gradient=_vector(node.gradient),
            row=node.depth,
            inputs=node.inputs,
        )
        for index, node in enumerate(found.nodes)
    ]


def _vector(values: Tensor) -> str:
    if values.dim() == 0:
        return _number(float(values))
    return "[" + ", ".join(_number(float(value)) for value in values) + "]"


def _number(value: float, dot: bool = False) -> str:
    text = f"{value + 0.0:.4g}"
    return f"{value:g}." if dot and float(value).is_integer() else text
