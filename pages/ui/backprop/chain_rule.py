"""Tab: forward, loss and backward through a network, one operation and one number at a time."""

import streamlit as st

from core.backprop.step import Step
from core.backprop.walk import columns, seen
from core.lessons.backprop.charts.network_diagram import Lit, network_diagram_figure
from core.models.threads import one_thread
from pages.ui.backprop.cases import SMALL, Case, big_case, small_case
from pages.ui.backprop.pick_cell import pick_cell
from pages.ui.backprop.stepper import stepper
from pages.ui.backprop.tensors import tensors
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.chart import chart

BIG = "784 → 100 → 10"
PHASES = {
    "forward": ("forward", "blue"),
    "loss": ("the loss", "green"),
    "backward": ("backward", "orange"),
    "update": ("the update", "violet"),
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
delta_h = da_h * slope(z_h, a_h)           # sigmoid: a_h * (1 - a_h)
dW_h, db_h = x.T @ delta_h, delta_h.sum(0)

W_h, b_h = W_h - lr * dW_h, b_h - lr * db_h    # the update
W_o, b_o = W_o - lr * dW_o, b_o - lr * db_o
"""


@st.fragment
@one_thread()
def chain_rule() -> None:
    """Choose a network, walk through its operations, and click a number to see where it comes from."""
    with error_boundary():
        st.markdown(
            "Every operation of one training step, in order. Walk on with **Next**, and click a number of "
            "the result to see the sum it comes from."
        )
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
            help="A network of 25 weights and biases with room for every number, or one that reads digits.",
        )
        if network == BIG:
            return big_case()
        return small_case()


def _course(steps: list[Step], number: int) -> None:
    """All results in their order, the one of this step marked."""
    told = []
    for index, step in enumerate(steps):
        color, name = PHASES[step.phase][1], rf"${step.result.inline}$"
        told.append(f":{color}-badge[{name}]" if index == number else f":{color}[{name}]")
    st.caption(" · ".join(told))


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
    chart(fig, "manual_diagram", still=True)
    what = "values" if step.phase in ("forward", "loss") else "gradients"
    of = f" for image {image} of the batch" if batch > 1 else ""
    alone = f" In L's circle stands the loss of image {image} alone; L is the mean over the batch."
    going = ":orange[going backward]" if lit.backward else ":blue[going forward]"
    st.caption(
        f"Lit: what this step touches{'' if step.phase == 'update' else f', {going}'}; :green[green]: what "
        f"the chosen number touches. {'Hover over a circle' if large else 'In the circles'}: the {what} "
        f"computed so far{of}.{alone if step.phase == 'loss' and batch > 1 else ''}"
    )
