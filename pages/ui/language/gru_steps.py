"""How a GRU works: its four lines, with the numbers of one unit at one character of the typed word."""

import streamlit as st
from torch import nn

from core.config.language import ALPHABET
from core.formatting import percent
from core.lessons.language.charts import gru_cell_figure
from core.lessons.language.gates import Pre
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.widgets.chart import chart
from pages.ui.language import computed
from pages.ui.language.panel import pick_unit, word_panel
from pages.ui.language.word_input import Typed, word_input

CODE = """\
W_r, W_z, W_n = gru.weight_ih_l0.chunk(3)   # (128, 46) each: input weights
U_r, U_z, U_n = gru.weight_hh_l0.chunk(3)   # (128, 128) each: recurrent weights
b_r, b_z, b_n = gru.bias_ih_l0.chunk(3)
c_r, c_z, c_n = gru.bias_hh_l0.chunk(3)

h = torch.zeros(128)
for x in hot:                               # one-hot characters, (46,) each
    r = torch.sigmoid(W_r @ x + b_r + U_r @ h + c_r)
    z = torch.sigmoid(W_z @ x + b_z + U_z @ h + c_z)
    n = torch.tanh(W_n @ x + b_n + r * (U_n @ h + c_n))
    h = (1 - z) * n + z * h
"""


@word_panel
def how(trained: TrainedNetwork) -> None:
    """The whole tab."""
    st.markdown(
        "A plain RNN overwrites its hidden state at every character. A gated recurrent unit (GRU, Cho et al. "
        "2014) learns what to keep."
    )
    model = computed.network(trained)
    if isinstance(model.cell, nn.GRU):
        found = word_input(trained)
        if found is not None:
            _numbers(trained, found)
    else:
        _formulas()
        st.info("This network is not a GRU; choose one above to see these lines with numbers.", icon=":material/info:")
    _no_embedding(model.out.in_features)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _formulas() -> None:
    st.latex(
        r"\begin{aligned} r &= \sigma(W_r x + b_r + U_r h + c_r) \\ z &= \sigma(W_z x + b_z + U_z h + c_z) \\"
        r" n &= \tanh(W_n x + b_n + r \circ (U_n h + c_n)) \\ h &\leftarrow (1 - z) \circ n + z \circ h"
        r"\end{aligned}"
    )
    st.caption("As PyTorch's `nn.GRU` writes it: here z is the update gate, not a pre-activation.")


def _numbers(trained: TrainedNetwork, found: Typed) -> None:
    """The cell with the numbers of one unit, and each of its lines."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        heading = st.container(width="stretch")
        unit = pick_unit(trained)
    inside, sums = computed.inside(trained, found.reading)
    at = found.at
    letter = found.reading.word[at]
    r, z, n, before, after = (
        float(column[at, unit])
        for column in (inside.reset, inside.update, inside.candidate, inside.before, inside.after)
    )
    heading.markdown(f"**Unit {unit} at time step {at + 1} (“{letter}”)**")
    chart(
        gru_cell_figure(letter, r, z, n, before, after),
        "lang_cell",
        still=True,
        alt=f"A GRU cell: reset gate {r:.2f}, update gate {z:.2f}, candidate {n:.2f}; the hidden state goes "
        f"from {before:.2f} to {after:.2f}.",
    )
    st.caption(_kept(z, before, after, at))
    lines = (
        (
            "**Reset gate**: how much of the hidden state the candidate sees",
            "r",
            r"W_r x + b_r",
            r"U_r h + c_r",
            sums[0],
            r,
        ),
        ("**Update gate**: how much of the hidden state is kept", "z", r"W_z x + b_z", r"U_z h + c_z", sums[1], z),
    )
    for column, (title, name, x_part, h_part, parts, value) in zip(st.columns(2), lines, strict=True):
        x, h = _parts(parts, at, unit)
        with column, st.container(border=True):
            st.markdown(title)
            st.latex(
                rf"{name} = \sigma(\underbrace{{{x_part}}}_{{\text{{input}}}} + "
                rf"\underbrace{{{h_part}}}_{{\text{{hidden state}}}})"
            )
            st.latex(rf"\sigma({x:.3f} {h:+.3f}) = \sigma({x + h:.3f}) = \mathbf{{{value:.3f}}}")
    left, right = st.columns(2)
    x, h = _parts(sums[2], at, unit)
    with left, st.container(border=True):
        st.markdown("**Candidate state**: the new content")
        st.latex(r"n = \tanh(W_n x + b_n + r \cdot (U_n h + c_n))")
        st.latex(rf"\tanh({x:.3f} + {r:.3f} \cdot ({h:.3f})) = \mathbf{{{n:.3f}}}")
    with right, st.container(border=True):
        st.markdown("**New hidden state**: a weighted mean")
        st.latex(r"h \leftarrow (1 - z) \cdot n + z \cdot h")
        st.latex(
            rf"\begin{{aligned}} {1 - z:.3f} \cdot ({n:.3f}) &+ {z:.3f} \cdot ({before:.3f}) \\ "
            rf"&= \mathbf{{{after:.3f}}} \end{{aligned}}"
        )


def _parts(sums: Pre, at: int, unit: int) -> tuple[float, float]:
    return float(sums.letter[at, unit]), float(sums.memory[at, unit])


def _kept(z: float, before: float, after: float, at: int) -> str:
    """What the update gate did to the unit here."""
    if at == 0:
        return "Before the first character the hidden state is 0: there is nothing to keep yet."
    kept = f"The unit keeps {percent(z, 0)} of its state and goes from {before:.3f} to {after:.3f}."
    return kept + (" Mostly kept." if z > 0.8 else " Mostly overwritten." if z < 0.2 else "")


def _no_embedding(units: int) -> None:
    size = len(ALPHABET)
    with st.expander("Why no embedding layer?", icon=":material/help:"):
        st.markdown(
            f"Here there are {size} characters (47 in the course project). With a one-hot $x$, $W x$ is the column "
            f"of $W$ that belongs to the character: $W$ ({3 * units} × {size}) already is a learned "
            "table with a vector for each character. An embedding layer would only put a second matrix before it."
            " With tens of thousands of words it would save memory."
        )
