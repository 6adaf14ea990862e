"""Tab: gradient check: by hand, by autograd and by finite differences, tensor by tensor."""

import streamlit as st
import torch
from torch import Tensor

from core.backprop.network import forward
from core.backprop.pieces import softmax
from core.charts.images import gradient_pictures, picture
from core.formatting import article, number, percent, probability, shape
from core.lessons.backprop.charts.gradients import output_error_figure
from core.lessons.backprop.finite_differences import WIDTH
from core.lessons.backprop.gradient_check import EXACT, MEASURED, Agreement, TensorCheck
from pages.ui.backprop import gradient_check_results
from pages.ui.backprop.drag_weight import drag
from pages.ui.backprop.subject import Subject, choose_subject
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.widgets.chart import chart

CODE = """\
import torch
from torch.nn.functional import cross_entropy

torch.manual_seed(0)
x, y = torch.rand(5, 4).double(), torch.tensor([0, 2, 1, 1, 0])
W, b = torch.randn(4, 3).double(), torch.zeros(3).double()

# 1. by hand
z = x @ W + b
y_hat = torch.softmax(z, dim=1)
delta = (y_hat - torch.eye(3)[y]) / len(x)
by_hand = x.T @ delta

# 2. autograd
W.requires_grad_()
cross_entropy(x @ W + b, y).backward()

# 3. finite differences: every weight plus and minus epsilon
measured, epsilon = torch.zeros_like(by_hand), 1e-5
with torch.no_grad():
    for i in range(4):
        for j in range(3):
            ends = []
            for sign in (+1, -1):
                moved = W.clone()
                moved[i, j] += sign * epsilon
                ends.append(cross_entropy(x @ moved + b, y))
            measured[i, j] = (ends[0] - ends[1]) / (2 * epsilon)

def difference(a, b):  # of whole tensors: 0 is the same
    return (a - b).norm() / max(a.norm(), b.norm())

assert difference(by_hand, W.grad) < 1e-10
assert difference(by_hand, measured) < 1e-6
"""


@st.fragment
def checked() -> None:
    """Choose a network and a batch; every gradient by hand, by autograd and by finite differences."""
    with error_boundary():
        left, right = controls_and_stage(1.0, 2.9)
        with left:
            subject = choose_subject()
        found = gradient_check_results.all_checks(subject)
        with right:
            _verdict(found)
        drag(subject)
        st.subheader("One gradient, three ways", anchor=False)
        _card(subject, found[0], 0)
        if len(found) > 1:
            with st.expander("The other tensors, three ways", icon=":material/grid_view:"):
                for index, check in enumerate(found[1:], 1):
                    _card(subject, check, index)
        with st.expander("Where backpropagation starts: the output error", icon=":material/start:"):
            output_error(subject)
        with st.expander("Why tensors are compared by their norm", icon=":material/help:"):
            _why_norms(subject, found[0])
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _verdict(found: list[TensorCheck]) -> None:
    wrong = [check.name for check in found if check.right is False]
    unknown = [check.name for check in found if check.right is None]
    worst = max(check.with_autograd.difference for check in found)
    rough = [measured.difference for check in found if (measured := check.with_measured)]
    numbers = f"largest relative difference {number(worst, 2)} from autograd"
    if rough:
        numbers += f", {number(max(rough), 2)} from finite differences"
    if wrong:
        st.error(f"Not all gradients agree: {', '.join(wrong)} ({numbers}).", icon=":material/cancel:")
    elif unknown:
        st.warning(
            f"All gradients that could be compared agree: {numbers}. Not measured, because every entry is at a kink: "
            f"{', '.join(unknown)}.",
            icon=":material/help:",
        )
    else:
        st.success(f"All {len(found)} gradients agree: {numbers}.", icon=":material/check_circle:")


def _card(subject: Subject, check: TensorCheck, index: int) -> None:
    with st.container(border=True):
        unit = None
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{check.name}** · {shape(check.manual.shape)}", width="content")
            _badge("autograd", check.with_autograd, EXACT)
            _badge("finite differences", check.with_measured, MEASURED)
            if index == 0 and subject.network != "small":
                unit = _choose_unit(subject, check.manual)
        pictures = gradient_pictures(_three(subject, check, unit).numpy())
        with st.container(horizontal=True, gap="small"):
            for picture, way in zip(pictures, ("by hand", "autograd", "finite differences"), strict=True):
                st.image(picture, caption=way, width=picture.shape[1], alt=f"Gradient of {check.name}, {way}")
        _notes(check, unit)


def _choose_unit(subject: Subject, gradient: Tensor) -> int:
    """Whose 784 weights are shown as an image; it begins at the largest gradient."""
    units = gradient.shape[1]
    return int(
        st.number_input(
            "Hidden unit",
            0,
            units - 1,
            int(gradient.norm(dim=0).argmax()),
            key=f"manual_check_unit_{subject.network}_{subject.activation}",
            bind="query-params",
            width=150,
            help="The images show the gradient of this unit's 784 weights, one per pixel: "
            f"unit 0 to {units - 1}. The differences are those of the whole tensor.",
        )
    )


def _badge(name: str, found: Agreement | None, tolerance: float) -> None:
    if found is None:
        st.badge(
            f"not {name}",
            icon=":material/help:",
            color="gray",
            help="At every measured entry a unit switches on or off: the derivative does not exist there.",
        )
        return
    right = found.within(tolerance)
    st.badge(
        f"{name} {number(found.difference, 2)}" if found.difference else f"{name} 0",
        icon=":material/check:" if right else ":material/close:",
        color="green" if right else "red",
        help=f"‖a − b‖ / max(‖a‖, ‖b‖) between the gradient by hand and by {name}; green below {number(tolerance, 1)}.",
    )


def _three(subject: Subject, check: TensorCheck, unit: int | None) -> Tensor:
    """(3, rows, columns): the three ways beside each other, one unit's image for the weights of pixels."""
    if unit is not None:
        measured = gradient_check_results.unit_measured(subject, unit)
        stacked = torch.stack([check.manual[:, unit], check.autograd[:, unit], measured])
        return stacked.view(3, 28, 28)
    measured = torch.full((check.manual.numel(),), torch.nan, dtype=torch.float64)
    measured[check.entries] = check.measured
    ways = [check.manual, check.autograd, measured.view_as(check.manual)]
    if check.manual.dim() == 1:
        return torch.stack(ways)[:, None, :]
    return torch.stack([way.T for way in ways])  # a row for each unit above, as wide as the screen likes it


def _notes(check: TensorCheck, unit: int | None) -> None:
    notes = []
    if unit is not None and not bool(check.manual[:, unit].any()):
        notes.append(f"The gradient of unit {unit} is 0 on this batch.")
    if len(check.entries) < check.manual.numel():
        notes.append(
            f"Finite differences: a random sample of {len(check.entries):,} of {check.manual.numel():,} entries, and "
            "those of the image."
        )
    if check.kinks:
        notes.append(
            f"{check.kinks:,} of {len(check.entries):,} entries are left out: within ±{WIDTH:g} a unit switches on or "
            "off, and at such a kink the derivative does not exist."
        )
    if notes:
        st.caption(" ".join(notes))


def _why_norms(subject: Subject, check: TensorCheck) -> None:
    whole = check.with_measured
    if whole is None:
        return
    zero = float((check.manual == 0).double().mean())
    black = float((subject.x == 0).all(dim=0).double().mean())
    kept = ~check.measured.isnan()
    mine, measured = check.manual.flatten()[check.entries[kept]], check.measured[kept]
    larger = torch.maximum(mine.abs(), measured.abs())
    worst = float(((mine - measured).abs() / larger)[larger > 0].max()) if bool((larger > 0).any()) else 0.0
    sentence = "The relative difference of whole tensors is ‖a − b‖ / max(‖a‖, ‖b‖). Entry by entry it misleads: "
    if zero:
        sentence += f"in {check.name} {percent(zero, 0)} of the entries are exactly 0, and 0 / 0 is undefined"
        sentence += f" ({percent(black, 0)} of the pixels are black in every image here). " if black else ". "
    sentence += (
        f"Of the entries measured in {check.name} the largest relative difference is {number(worst, 1)}, for the whole "
        f"tensor it is {number(whole.difference, 1)}: "
    )
    st.caption(
        sentence + ("rounding weighs more in small entries." if worst > 10 * whole.difference else "no larger here.")
    )


# Where backpropagation starts: the prediction minus the label.


@st.fragment
def output_error(subject: Subject) -> None:
    """One image of the batch and its ŷ − y as bars."""
    with error_boundary():
        entropy = subject.loss == "cross-entropy"
        count = len(subject.batch)
        left, right = st.columns([1, 2.9], gap="large", vertical_alignment="center")
        with left:
            which = 0
            if count > 1:
                which = (
                    st.slider(
                        "Image of the batch",
                        1,
                        count,
                        1,
                        key=f"manual_check_image_{count}",
                        bind="query-params",
                        help="One of the images of the batch.",
                    )
                    - 1
                )
            label = int(subject.batch.labels[which])
            shown = picture(subject.batch.images[which, 0].numpy(), size=112)
            st.image(shown, width=112, alt=f"Image {which + 1} of the batch, {article(label)}")
        with torch.no_grad():
            outputs = forward(subject.layers, subject.activation, subject.x[which : which + 1]).outputs
        said = softmax(outputs)[0] if entropy else outputs[0]
        errors = said.clone()
        errors[label] -= 1
        with right:
            y_title = "ŷ − y" if entropy else "z − y"
            fig = output_error_figure(errors.tolist(), label=label, y_title=y_title, fixed=entropy)
            words = (
                f"The true class {label} has probability {probability(float(said[label]))}, so its error is "
                f"{float(errors[label]):+.2f}; the error of every other class is its probability. They sum to 0. "
                "Divided by N this is δ = ∂L/∂z, from which all other gradients follow."
                if entropy
                else f"The output of the true class {label} is {float(said[label]):.2f}, its target 1; all others "
                f"have target 0. Times 2 / (N · {len(said)}) this is δ = ∂L/∂z, from which all other gradients follow."
            )
            chart(fig, "manual_check_error", still=True, alt=words)
            st.caption(words)
