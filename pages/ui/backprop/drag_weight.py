"""Drag one weight: the loss as a curve, its tangent, and the secant that a finite difference takes for it."""

import streamlit as st

from core.formatting import number
from core.lessons.backprop.charts.gradients import secant_figure, width_errors_figure
from core.lessons.backprop.one_weight import WIDTHS, losses_along, slope_at
from core.models.threads import one_thread
from pages.ui.backprop import gradient_check_results
from pages.ui.backprop.subject import Subject
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.chart import chart


@st.fragment
@one_thread()
def drag(subject: Subject) -> None:
    """Choose a weight, move it, and shrink the finite difference's step until rounding dominates."""
    with error_boundary():
        st.subheader("Drag one weight", anchor=False)
        left, right = st.columns([1, 2.9], gap="large")
        with left:
            tensor, entry = _choose(subject)
            moved = st.slider(
                "Change of the weight",
                -2.0,
                2.0,
                0.0,
                0.02,
                key="manual_drag_move",
                bind="query-params",
                help="How far the weight is moved from its value; all others stay fixed.",
            )
            width = float(
                st.select_slider(
                    "Step ε",
                    list(reversed(WIDTHS)),
                    value=1.0,
                    key="manual_drag_width",
                    bind="query-params",
                    format_func=lambda step: f"{step:g}",
                    help="The central difference uses w + ε and w − ε. Make ε smaller and smaller.",
                )
            )
        start = float(subject.tensors[tensor].flatten()[entry])
        with right:
            _show(subject, tensor, entry, start + moved, width)


def _choose(subject: Subject) -> tuple[int, int]:
    """A tensor and an entry of it; it begins at the largest gradient."""
    names, found = subject.names, gradient_check_results.all_checks(subject)
    name = st.selectbox(
        "Tensor",
        names,
        key=f"manual_drag_tensor_{len(names)}",
        bind="query-params",
        help="Weights W or biases b, first layer first.",
    )
    index = names.index(name)
    gradient = found[index].manual
    steepest = int(gradient.abs().argmax())
    key = f"manual_drag_{subject.network}_{name}"
    units = gradient.shape[-1]
    row = 0
    columns = st.columns(2)
    if gradient.dim() == 2:
        with columns[0]:
            rows = gradient.shape[0]
            row = int(
                st.number_input(
                    "From",
                    0,
                    rows - 1,
                    steepest // units,
                    key=f"{key}_row",
                    bind="query-params",
                    help=f"Row: the input (pixel or unit) of the weight, 0 to {rows - 1}.",
                )
            )
    with columns[-1 if gradient.dim() == 2 else 0]:
        unit = int(
            st.number_input(
                "To",
                0,
                units - 1,
                steepest % units,
                key=f"{key}_unit",
                bind="query-params",
                help=f"Column: the output unit, 0 to {units - 1}. The default is the largest gradient.",
            )
        )
    return index, row * units + unit


def _show(subject: Subject, tensor: int, entry: int, value: float, width: float) -> None:
    common = (subject.layers, subject.activation, subject.x, subject.target, tensor, entry)
    weights, losses = gradient_check_results.curve(subject, tensor, entry)
    points = weights.new_tensor([value, value - width, value + width])
    here, down, up = losses_along(*common, points, loss=subject.loss).tolist()
    slope = slope_at(*common, value, loss=subject.loss)
    measured = (up - down) / (2 * width)
    error = abs(measured - slope)
    with st.container(horizontal=True, gap="small"):
        st.metric("Weight", f"{value:.4f}", width=100, help="Its current value.")
        st.metric("Gradient by hand", f"{slope:.4g}", width=140, help="∂L/∂w at this value, from the chain rule.")
        st.metric("Finite difference", f"{measured:.4g}", width=145, help="(L(w + ε) − L(w − ε)) / 2ε in float64.")
        st.metric(
            "Error",
            number(error, 2),
            width=130,
            help="Absolute difference of the two" + (f"; relative: {number(error / abs(slope), 1)}." if slope else "."),
        )
    unit = "nats" if subject.loss == "cross-entropy" else "squared error"
    fig = secant_figure(
        weights.numpy(),
        losses.numpy(),
        at=(value, here),
        slope=slope,
        ends=((value - width, down), (value + width, up)),
        y_title=f"loss on the batch ({unit})",
    )
    one, other = st.columns(2)
    with one:
        chart(fig, "manual_drag_curve", alt=f"Loss against the weight: slope {slope:.4g}, secant {measured:.4g}.")
    errors = gradient_check_results.errors_of_widths(subject, tensor, entry, value)
    with other:
        words = _describe(errors, slope)
        chart(width_errors_figure(WIDTHS, errors, chosen=width), "manual_drag_errors", alt=words)
    st.caption(words)


def _describe(errors: dict[str, list[float]], slope: float) -> str:
    if slope == 0 and not any(errors["float64"]):
        return "The loss does not depend on this weight on this batch: both derivatives are 0 for every ε."
    best = {name: min(range(len(WIDTHS)), key=values.__getitem__) for name, values in errors.items()}
    sentence = " and ".join(
        f"ε = {WIDTHS[place]:g} in {name} (error {number(errors[name][place], 1)})" for name, place in best.items()
    )
    last = WIDTHS[-1]
    narrow = " and ".join(f"{number(values[-1], 1)} in {name}" for name, values in errors.items())
    return (
        f"The finite difference is most accurate at {sentence}. For larger ε the curvature of the loss (truncation "
        f"error) dominates, for smaller ε rounding (cancellation): at ε = {last:g} the error is {narrow}."
    )
