"""Tab: the product of Jacobians that gives the gradient of the first weights, factor by factor."""

import streamlit as st
import torch
from torch import Tensor

from core.backprop.long_product import Factor, long_product, relative_difference, written
from core.backprop.network import loss_and_gradients
from core.charts.heatmaps import EXACT, Kind, matrix_figure
from core.charts.images import picture
from core.charts.palette import ORANGE
from core.formatting import article, number, ratio, shape
from core.lessons.backprop.charts.gradients import shrinking_figure
from core.lessons.backprop.charts.tensors import thumbnail
from core.models.threads import one_thread
from pages.ui.backprop.networks import FRESH, TRAINED, Bare, bare, choose_image, choose_moment
from pages.ui.kit.shell.cache import mnist
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.stepper import stepper

NETWORKS = ["mlp-deep", "mlp-module", "mlp-autograd", "mlp-manual"]
MEANING = {
    "error": "The error of the output layer: the prediction ŷ minus the one-hot label y. Every gradient starts from "
    "it.",
    "weights": "The transposed weights of layer {layer}: the error flows backward through the same connections.",
    "slopes": "The derivatives of the activation function in hidden layer {layer}, on the diagonal of a matrix. "
    "Where a derivative is 0 the error stops.",
    "input": "The input: each weight's gradient is its input times the error of its output unit.",
}

CODE = """\
# Forward, keeping every layer's pre-activations z and activations a. Weights are (in, out).
a, z = [x], []
for W, b in zip(weights, biases):
    if z:
        a.append(sigma(z[-1]))
    z.append(a[-1] @ W + b)

y_hat = torch.softmax(z[-1], dim=1)
product = y_hat - y                                  # δ = ŷ − y
for k in range(len(weights) - 1, 0, -1):
    product = product @ weights[k].T                 # · Wᵀ
    product = product @ torch.diag(derivative(z[k - 1])[0])   # · diag(σ′(z))
gradient = x.T @ product                             # x ⊗ […] = ∂L/∂W₁
"""


@st.fragment
@one_thread()
def long_product_tab() -> None:
    """Choose a network and a digit, and multiply from the output error to the gradient of the first weights."""
    with error_boundary():
        name, at_start, x, label = _choose()
        net = bare(name, at_start)
        factors = long_product(net.layers, net.activation, x, label)
        current = stepper(f"manual_factor_{len(factors)}", len(factors), "factor")
        left, right = st.columns([1, 1.15], gap="large")
        with left:
            st.latex(written(factors, current, ORANGE))
            _numbers(factors, current)
        with right:
            other = bare(name, not at_start)
            _sizes(at_start, factors, long_product(other.layers, other.activation, x, label), current)
        _thumbnails(factors, current)
        _factor(factors, current)
        _proof(net, factors, x, label)
        with st.expander("Notation in Blog: a deep fully connected network", icon=":material/menu_book:"):
            st.markdown(NAMES)
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


NAMES = r"""
The blog post writes the product for 784 → 512 → 256 → 128 → 64 → 10 and calls its first factor $\delta_5$. It
equals $\hat y - y$, the derivative of softmax and cross-entropy together. Each product after a $\mathrm{diag}$ is
the next error: $\delta_k = \partial L / \partial z_k$.

Vectors are rows here and weights have shape (in, out), so the product reads from the output, on the left, to the
input. The outer product $x \otimes \delta_1$ is the matrix of all products $x_i\,\delta_{1,j}$. Biases are not
factors: they matter only through $z$, where the derivatives are evaluated.
"""


def _choose() -> tuple[str, bool, Tensor, int]:
    digits = mnist()
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        name = st.selectbox(
            "Network",
            NETWORKS,
            key="manual_product_network",
            bind="query-params",
            width=180,
            help="A pretrained fully connected network.",
        )
        at_start = choose_moment("manual_product_weights")
        index = choose_image(digits, "manual_product_image")
        image, label = digits.test.images[index], int(digits.test.labels[index])
        net = bare(name, at_start)
        st.image(picture(image[0].numpy(), size=64), width=64, alt=f"Test image {index}, {article(label)}")
        st.markdown(f"{article(f'**{label}**')} · {net.sizes}, {net.activation}")
    return name, at_start, net.vector(image), label


def _thumbnails(factors: list[Factor], current: int) -> None:
    with st.container(horizontal=True, gap="small"):
        for index, factor in enumerate(factors):
            with st.container(width=92):
                small = thumbnail(factor.value.numpy(), kind=_kind(factor))
                st.image(small, width=84, alt=f"Factor {index + 1}, {factor.notation}: {shape(factor.shape)}")
                name = f":orange-badge[{factor.notation}]" if index == current else factor.notation
                st.caption(f"{name}  \n{shape(factor.shape)}")


def _kind(factor: Factor) -> Kind:
    if factor.kind == "input":
        return "image" if float(factor.value.min()) >= 0 else "signed"
    return "share" if factor.kind == "slopes" and float(factor.value.min()) >= 0 else "signed"


def _factor(factors: list[Factor], current: int) -> None:
    """The factor and the product after it, side by side, as heat maps to hover over."""
    left, right = st.columns(2, gap="large")
    with left:
        _one_factor(factors[current], current)
    if current:
        with right:
            _product(factors[current], current, last=current == len(factors) - 1)


def _one_factor(factor: Factor, current: int) -> None:
    wide = factor.shape[1]
    st.subheader(f"{factor.notation} · {shape(factor.shape)}", anchor=False)
    st.markdown(MEANING[factor.kind].format(layer=factor.layer))
    notation = "σ′" if factor.kind == "slopes" else factor.notation
    value = factor.value.reshape(1, -1) if factor.value.dim() == 1 else factor.value
    chart(
        matrix_figure(value, notation, kind=_kind(factor)),
        f"manual_factor_map_{current}",
        still=True,
        alt=f"{notation}, shape {shape(factor.shape)}",
    )
    if factor.kind == "slopes":
        closed = int((factor.value == 0).sum())
        stops = f" {closed} of {wide} are 0." if closed else " None is exactly 0."
        st.caption(f"Only the diagonal ({wide} derivatives); the rest of the matrix is 0.{stops}")
    elif value.numel() > EXACT:
        st.caption("Each cell: the entry of largest absolute value in a block of the matrix.")


def _product(factor: Factor, current: int, *, last: bool) -> None:
    st.markdown(f"**Product so far** · ${_is(factor)}$ · {shape(factor.product.shape)}")
    chart(
        matrix_figure(factor.product, "product"),
        f"manual_product_map_{current}",
        still=True,
        alt=f"Product so far, RMS {factor.rms:.3g}",
    )
    if last:
        unit = int(factor.product.square().sum(dim=0).argmax())
        st.caption(
            f"Each cell: the entry of largest absolute value in a block of ∂L/∂W₁. The column of unit {unit}, which "
            "has the largest norm, as an image:"
        )
        cut = factor.product[:, unit : unit + 1]
        chart(
            matrix_figure(cut, "∂L/∂W₁", offset=(0, unit)),
            "manual_product_column",
            still=True,
            alt=f"∂L/∂W₁ of unit {unit} as an image",
        )


def _is(factor: Factor) -> str:
    """What the product after a factor is the gradient of, in LaTeX."""
    if factor.kind in ("error", "slopes"):
        return rf"\delta_{{{factor.layer}}} = \partial L/\partial z_{{{factor.layer}}}"
    return rf"\partial L/\partial {'W_1' if factor.kind == 'input' else f'a_{{{factor.layer - 1}}}'}"


def _sizes(at_start: bool, factors: list[Factor], other: list[Factor], current: int) -> None:
    here, there = (FRESH, TRAINED) if at_start else (TRAINED, FRESH)
    sizes = [factor.rms for factor in factors]
    words = _describe(factors)
    fig = shrinking_figure(
        [factor.notation for factor in factors],
        sizes,
        current,
        other=[factor.rms for factor in other],
        label=here,
        other_label=there,
    )
    chart(fig, "manual_product_sizes", still=True, alt=words)
    st.caption(words)


def _numbers(factors: list[Factor], current: int) -> None:
    sizes = [factor.rms for factor in factors]
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "RMS of the product so far", f"{sizes[current]:.3g}", width=210, help="Root mean square of all its entries."
        )
        if current and sizes[current - 1]:
            st.metric(
                "Change by this factor",
                f"× {sizes[current] / sizes[current - 1]:.3g}",
                width=190,
                help="RMS after this factor over RMS before it.",
            )


def _describe(factors: list[Factor]) -> str:
    """What the sizes say, from the error to the first hidden layer's δ."""
    first, last = factors[0].rms, factors[-2].rms
    if first == 0:
        return "The prediction equals the label to all digits, so the error and the gradient are 0."
    if last == 0:
        return "The gradient is 0: in some layer every derivative is 0."
    if len(factors) == 2:
        return "One layer: the error meets the input directly."
    grown = last / first
    change = f"{ratio(1 / grown)} smaller" if grown < 1 else f"{ratio(grown)} larger"
    return (
        f"From the output ({number(first)}) to the first hidden layer ({number(last)}) the error becomes {change}: "
        f"on average a factor of {number(grown ** (1 / (len(factors) // 2 - 1)))} per layer."
    )


def _proof(net: Bare, factors: list[Factor], x: Tensor, label: int) -> None:
    """The end of the product beside the gradient that the backward pass finds."""
    _, gradients = loss_and_gradients(net.layers, net.activation, x, torch.tensor([label]))
    wanted = gradients[0].weight
    gap = relative_difference(factors[-1].product, wanted)
    st.caption(
        f"Check against the backward pass: ‖product‖ = {float(factors[-1].product.norm()):.6g}, ‖∂L/∂W₁‖ = "
        f"{float(wanted.norm()):.6g}, relative difference {gap:.2g}. "
        + (
            f"All {wanted.numel():,} entries are equal."
            if gap == 0
            else "They agree up to rounding."
            if gap < 1e-9
            else "They differ by more than rounding explains."
        )
    )
