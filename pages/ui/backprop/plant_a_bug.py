"""Tab: plant a classic mistake and see where it shows, or hunt one that is hidden."""

import streamlit as st

from core.backprop.bugs import BUGS
from core.config.run import ACTIVATIONS
from core.models.threads import one_thread
from pages.ui.backprop.code_under_test import SHAPES, Suspect, suspects
from pages.ui.backprop.evidence import evidence
from pages.ui.backprop.find_the_bug import find_the_bug
from pages.ui.kit.shell.layout import controls_and_stage
from pages.ui.kit.shell.page import error_boundary

PLANT, FIND = "Plant one", "Find one"
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
BATCHES = (2, 8, 16, 32, 64, 128, 256)

CODE = """\
import torch
from torch.nn.functional import cross_entropy

torch.manual_seed(0)
start = torch.randn(4, 3).double()
batches = [(torch.rand(5, 4).double(), torch.randint(3, (5,))) for _ in range(4)]
lr, momentum = 0.1, 0.9

def gradient(W, x, y):  # by hand: plant your bug here...
    return x.T @ (torch.softmax(x @ W, dim=1) - torch.eye(3)[y]) / len(x)

mine, v = start.clone(), torch.zeros(4, 3).double()
theirs = start.clone().requires_grad_()
optimizer = torch.optim.SGD([theirs], lr=lr, momentum=momentum)
for x, y in batches:
    found = gradient(mine, x, y)
    v = momentum * v + lr * found  # ...or here
    mine = mine - v

    cross_entropy(x @ theirs, y).backward()
    optimizer.step()
    optimizer.zero_grad()

    a, b = mine - start, theirs.detach() - start
    assert (a - b).norm() / max(a.norm(), b.norm()) < 1e-9
"""


@st.fragment
@one_thread()
def plant_a_bug() -> None:
    """Choose a mistake and see what finds it; or see what was found and name the mistake."""
    with error_boundary():
        mode = st.segmented_control(
            "Mode",
            [PLANT, FIND],
            default=PLANT,
            required=True,
            key="manual_bug_mode",
            bind="query-params",
            label_visibility="collapsed",
            help="Choose a bug yourself, or hunt a hidden one.",
        )
        if mode == FIND:
            find_the_bug()
        else:
            _plant()
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _plant() -> None:
    left, right = controls_and_stage(1.0, 2.7)
    with left:
        suspect = _controls()
    with right:
        bug = BUGS[suspect.bug]
        st.markdown("A wrong gradient seldom crashes. Often the network even learns. What finds the mistake?")
        st.code(bug.diff, language="diff")
        st.caption(f"− as it was written, + as it should be. {bug.why}")
        with st.expander("The whole code, with the bug in it", icon=":material/code_blocks:"):
            st.code(bug.listing, language="python")
        evidence(suspect, "manual_bug")


def _controls() -> Suspect:
    place = st.container()  # the bug stands first, but which bugs there are depends on what comes below
    shape = st.selectbox(
        "Network",
        list(SHAPES),
        key="manual_bug_network",
        bind="query-params",
        help="Some mistakes need a hidden layer to show.",
    )
    activation = st.selectbox(
        "Activation",
        list(ACTIVATIONS),
        key="manual_bug_activation",
        bind="query-params",
        disabled=not SHAPES[shape],
        help="Between the layers. The slope of ReLU is the same at z and at a: there one mistake hides.",
    )
    lr = st.select_slider(
        "Learning rate",
        RATES,
        value=0.01,
        key="manual_bug_lr",
        bind="query-params",
        format_func=lambda rate: f"{rate:g}",
        help="How far one step goes.",
    )
    momentum = st.slider(
        "Momentum γ",
        0.0,
        0.95,
        0.9,
        0.05,
        key="manual_bug_momentum",
        bind="query-params",
        help="How much of the previous step is kept. Without it, a wrong sign of it cannot show.",
    )
    batch = st.select_slider(
        "Batch size N", BATCHES, value=64, key="manual_bug_batch", bind="query-params", help="Images a step."
    )
    names = suspects(SHAPES[shape], activation, momentum)
    hidden = "_".join(name for name in BUGS if name not in names)
    with place:
        title = st.selectbox(
            "Bug",
            [BUGS[name].title for name in names],
            key=f"manual_bug{hidden and '_no_' + hidden}",
            bind="query-params",
            help="Only those that make a difference in this network are offered.",
        )
    bug = next(name for name in names if BUGS[name].title == title)
    return Suspect(bug, SHAPES[shape], activation, float(lr), float(momentum), int(batch))
