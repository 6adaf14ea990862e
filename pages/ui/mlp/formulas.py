"""The network in formulas, each with the shapes of its tensors."""

import streamlit as st

from core.config.optimizers import OPTIMIZERS
from core.config.run import MLPConfig, OptimizerConfig, TrainConfig
from core.formatting import percent, shape
from core.training.schedules import moving_rate
from pages.ui.kit.shell.page import error_boundary

SYMBOL = {
    "sigmoid": r"\sigma",
    "tanh": r"\tanh",
    "relu": r"\mathrm{ReLU}",
    "leaky-relu": r"\mathrm{LeakyReLU}",
    "gelu": r"\mathrm{GELU}",
}
MEANING = {
    "sigmoid": r"\sigma(z) = \frac{1}{1 + e^{-z}}",
    "tanh": r"\tanh(z) = \frac{e^z - e^{-z}}{e^z + e^{-z}}",
    "relu": r"\mathrm{ReLU}(z) = \max(0, z)",
    "leaky-relu": r"\mathrm{LeakyReLU}(z) = \max(0.01\,z,\ z)",
    "gelu": r"\mathrm{GELU}(z) = z\,\Phi(z)",
}


@st.fragment
def formulas(config: MLPConfig, batch_size: int, train: TrainConfig | None = None) -> None:
    """Forward pass with shapes, loss, update, and where the parameters are."""
    with error_boundary():
        st.markdown(
            f"A step uses a batch of **{batch_size:,}** images; each row of x is an image. z: pre-activations, in the "
            "output layer the ten logits; a: activations; ŷ: probabilities; y: the label; ℓ: the loss of one image, in "
            "nats."
        )
        st.subheader("Forward", anchor=False)
        _forward(config, batch_size)
        st.subheader("Loss", anchor=False)
        _loss(config, batch_size, train)
        st.subheader("Update", anchor=False)
        _update(train)
        st.subheader("Parameters", anchor=False)
        _parameters(config)


def names(config: MLPConfig) -> list[tuple[str, str, str, str]]:
    """(weight, bias, pre-activation, activation) of every layer in LaTeX: W_h, b_h, z_h, a_h, W_o, … for two
    layers as in the course slides."""
    layers = len(config.widths) - 1
    marks = [""] if layers == 1 else ["_h", "_o"] if layers == 2 else [f"_{{{i}}}" for i in range(1, layers + 1)]
    return [(f"W{mark}", f"b{mark}", f"z{mark}", f"a{mark}") for mark in marks]


def _shaped(symbol: str, *sizes: int) -> str:
    return rf"\underbrace{{{symbol}}}_{{{shape(sizes)}}}"


def _forward(config: MLPConfig, batch: int) -> None:
    lines = []
    source = "x"
    if config.normalize:
        source = r"\hat x"
        lines.append(rf"{_shaped(source, batch, 784)} &= \frac{{x - \text{{mean}}}}{{\text{{std}}}}")
    layers = names(config)
    for index, ((weight, bias, z, a), n_in, n_out) in enumerate(
        zip(layers, config.widths, config.widths[1:], strict=False)
    ):
        inner = f"{_shaped(source, batch, n_in)} \\, {_shaped(weight, n_in, n_out)} + {_shaped(bias, n_out)}"
        line = f"{_shaped(z, batch, n_out)} &= {inner}"
        if index < len(layers) - 1:
            line += rf" \\ {_shaped(a, batch, n_out)} &= {SYMBOL[config.activation]}({z})"
        lines.append(line)
        source = a
    for line in lines:
        st.latex(rf"\begin{{aligned}} {line} \end{{aligned}}")
    if len(layers) > 1:
        st.latex(MEANING[config.activation])
    if config.dropout:
        st.caption(f"Dropout: during training each activation is set to 0 with probability {config.dropout:g}.")
    st.caption(
        "PyTorch's nn.Linear stores W transposed, as (out, in), and computes x Wᵀ + b: the same numbers."
        if config.family != "raw"
        else "The plain tensors of this recipe have these shapes; nn.Linear stores W transposed, as (out, in)."
    )


def _loss(config: MLPConfig, batch: int, train: TrainConfig | None) -> None:
    z = names(config)[-1][2]
    st.latex(
        rf"\hat y[n,k] = \frac{{e^{{{z}[n,k]}}}}{{\sum_{{j=0}}^{{9}} e^{{{z}[n,j]}}}}, \qquad "
        r"\ell_n = -\log \hat y[n, y_n]"
    )
    mean = rf"L = \frac{{1}}{{{batch}}} \sum_{{n=1}}^{{{batch}}} \ell_n"
    total = rf"L = \sum_{{n=1}}^{{{batch}}} \ell_n"
    if train is None or train.reduction == "mean":
        st.latex(mean + r"\qquad \text{(mean)}")
    if train is None or train.reduction == "sum":
        st.latex(total + r"\qquad \text{(sum)}")
    st.caption(
        f"The sum is {batch:,} times the mean, and so is its gradient: with the same learning rate a step of plain "
        f"gradient descent is {batch:,} times as long."
    )


def _update(train: TrainConfig | None) -> None:
    optimizer = train.optimizer if train else OptimizerConfig("sgd-by-hand")
    entry = OPTIMIZERS[optimizer.name]
    for line in entry.latex(optimizer.settings if train else None):
        st.latex(line)
    if entry.rule.kind(optimizer.settings) != "gradient":
        st.caption(f"{entry.rule.letters}. The state is initialized to 0.")
    if train and (moving := moving_rate(train)):
        st.caption(f"The learning rate of a step is {optimizer['lr']:g}{moving}.")
    st.caption("The same rule updates every weight and every bias after every batch.")


def _parameters(config: MLPConfig) -> None:
    rows, total = [], 0
    for (weight, bias, _, _), n_in, n_out in zip(names(config), config.widths, config.widths[1:], strict=False):
        count = n_in * n_out + n_out
        total += count
        rows.append(f"| ${weight}$ | {shape((n_in, n_out))} | ${bias}$ | {shape((n_out,))} | {count:,} |")
    head = "| weight | shape | bias | shape | parameters |\n| --- | --- | --- | --- | ---: |\n"
    st.markdown(head + "\n".join(rows) + f"\n| **total** | | | | **{total:,}** |")
    first = config.widths[1] * 785
    if len(config.widths) > 2:
        st.caption(f"{percent(first / total, 0)} of them are in the first layer: 784 pixels need many weights.")
