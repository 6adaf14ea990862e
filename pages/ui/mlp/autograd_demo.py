"""Autograd in three lines: three numbers, one function, and the computation graph that gives the gradient."""

import streamlit as st
from torch import Tensor

from core.charts.computation_graph import Box, operations_figure
from core.lessons.mlp.autograd_graph import FUNCTIONS, Trace, trace, worked
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.chart import chart

START = (3.0, 2.0, 3.0)  # the example of the course slides


@st.fragment
def autograd_demo() -> None:
    """Change the numbers or the function and watch values go down and gradients come up."""
    with error_boundary():
        text, graph = st.columns([1.2, 1], gap="large")
        with text:
            name, values = _controls()
            found = trace(name, values)
            _three_lines(name, values, found)
            loss, derivatives = worked(name, values)
            formula = FUNCTIONS[name].formula.replace("=", "&=", 1)
            st.latex(rf"\begin{{aligned}} {formula} \\ &= {loss} = \mathbf{{{_number(found.loss)}}} \end{{aligned}}")
            _derivatives(name, derivatives, found)
        with graph:
            chart(
                operations_figure(_boxes(found)),
                "mlp_autograd_graph",
                still=True,
                alt=f"Computation graph of {FUNCTIONS[name].code}: the loss is {_number(found.loss)} and the gradient "
                f"of a is {_vector(found.gradient)}.",
            )
            st.caption(
                "Each box is an operation that PyTorch recorded in the forward pass (`loss.grad_fn.next_functions`). "
                "`backward()` visits the same boxes in reverse order."
            )


def _controls() -> tuple[str, list[float]]:
    name = st.selectbox(
        "Function",
        list(FUNCTIONS),
        format_func=lambda key: FUNCTIONS[key].code,
        key="mlp_function",
        bind="query-params",
        help="The loss, a function of the three numbers in a.",
    )
    values = []
    for index, column in enumerate(st.columns(3)):
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


def _derivatives(name: str, derivatives: list[str], found: Trace) -> None:
    """The derivative in general, then each of the three partial derivatives with its numbers."""
    if FUNCTIONS[name].derivative:
        st.latex(FUNCTIONS[name].derivative)
    lines = []
    for index, derivative in enumerate(derivatives):
        value = _number(float(found.gradient[index]))
        steps = "" if derivative == value else f"{derivative} = "
        lines.append(rf"\frac{{\partial L}}{{\partial a_{index}}} &= {steps}\mathbf{{{value}}}")
    st.latex(r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}")


def _boxes(found: Trace) -> list[Box]:
    last = len(found.nodes) - 1
    return [
        Box(
            title=f"{node.operation} = loss" if index == last else "a (leaf)" if index == 0 else node.operation,
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
