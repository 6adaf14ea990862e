"""Tab: plant a typical bug and see which check reveals it, or find one that is hidden."""

import math
import random

import streamlit as st

from core.backprop.bugs import BUGS
from core.config.run import ACTIVATIONS
from core.formatting import number, ratio
from core.lessons.backprop.charts.tensors import tiles_figure
from core.lessons.backprop.charts.training import Learning, planted_accuracy_figure, planted_loss_figure
from core.lessons.backprop.gradient_check import EXACT, Agreement
from core.lessons.backprop.planted_bug import Planted
from core.lessons.backprop.update_check import EXACT as EXACT_UPDATE
from core.models.threads import one_thread
from pages.ui.backprop import code_under_test, findings
from pages.ui.backprop.code_under_test import SHAPES, STEPS, Suspect, suspects
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.parts import pick_part

PLANT, FIND = "Plant a bug", "Find the bug"
renamed("manual_bug_mode", {"Plant one": PLANT, "Find one": FIND})
FORMER = {
    "Slope at the wrong point": "Derivative at the wrong point",
    "Slope left out": "Missing derivative",
    "Momentum's sign": "Wrong sign of the momentum",
}
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
BATCHES = (2, 8, 16, 32, 64, 128, 256)

CODE = """\
import torch
from torch.nn.functional import cross_entropy

torch.manual_seed(0)
start = torch.randn(4, 3).double()
batches = [(torch.rand(5, 4).double(), torch.randint(3, (5,))) for _ in range(4)]
lr, momentum = 0.1, 0.9

def gradient(W, x, y):  # by hand: plant a bug here...
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
    """Choose a bug and see which check reveals it; or see the evidence and name the bug."""
    with error_boundary():
        mode = pick_part(
            "manual_bug_mode",
            {PLANT: (), FIND: ()},
            help="Choose a bug yourself, or find a hidden one from the evidence.",
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
        st.code(bug.diff, language="diff")
        st.caption(f"− with the bug, + correct. {bug.why}")
        with st.expander("Full code with the bug", icon=":material/code_blocks:"):
            st.code(bug.listing, language="python")
        evidence(suspect, "manual_bug")


def _controls() -> Suspect:
    place = st.container()  # the bug stands first, but which are offered depends on what comes below
    shape = st.selectbox(
        "Network",
        list(SHAPES),
        key="manual_bug_network",
        bind="query-params",
        help="Some bugs need a hidden layer to have an effect.",
    )
    activation = st.selectbox(
        "Activation",
        list(ACTIVATIONS),
        key="manual_bug_activation",
        bind="query-params",
        disabled=not SHAPES[shape],
        help="Between the layers. ReLU has the same derivative at z and at a, so one bug has no effect there.",
    )
    with st.expander("Advanced", icon=":material/tune:", key="manual_bug_more"):
        lr, momentum, batch = _update_settings()
    names = suspects(SHAPES[shape], activation, momentum)
    hidden = "_".join(name for name in BUGS if name not in names)
    key = f"manual_bug{hidden and '_no_' + hidden}"
    renamed(key, FORMER)
    with place:
        title = st.selectbox(
            "Bug",
            [BUGS[name].title for name in names],
            key=key,
            bind="query-params",
            help="Only bugs with an effect in this network are offered.",
        )
    bug = next(name for name in names if BUGS[name].title == title)
    return Suspect(bug, SHAPES[shape], activation, lr, momentum, batch)


def _update_settings() -> tuple[float, float, int]:
    """Learning rate, momentum and batch size."""
    lr = st.select_slider(
        "Learning rate",
        RATES,
        value=0.01,
        key="manual_bug_lr",
        bind="query-params",
        format_func=lambda rate: f"{rate:g}",
        help="Step size of gradient descent.",
    )
    momentum = st.slider(
        "Momentum γ",
        0.0,
        0.95,
        0.9,
        0.05,
        key="manual_bug_momentum",
        bind="query-params",
        help="The fraction of the velocity kept from step to step. At 0 a bug in it has no effect.",
    )
    batch = st.select_slider(
        "Batch size N", BATCHES, value=64, key="manual_bug_batch", bind="query-params", help="Images per step."
    )
    return float(lr), float(momentum), int(batch)


# Find the bug: the checks and the curves are shown, its name is not.


CASE, SCORE = "manual_find_case", "manual_find_score"
LAST = 9_999


def bug_of(case: int) -> str:
    """The bug of a case, the same for everybody; never that of the case before.

    Cases go through all bugs in blocks, each block in an order of its own.
    """
    block, place = divmod(case - 1, len(BUGS))
    before, order = _order(block - 1), _order(block)
    if order[0] == before[-1]:
        order[0], order[1] = order[1], order[0]
    return order[place]


def _order(block: int) -> list[str]:
    return random.Random(f"block {block}").sample(list(BUGS), len(BUGS))


def hidden_suspect(case: int) -> Suspect:
    """The suspect of a case: its bug, in a network where it shows."""
    dice, bug = random.Random(f"case {case}"), bug_of(case)
    hidden = dice.choice([shape for shape in SHAPES.values() if shape or not BUGS[bug].hidden])
    activation = dice.choice([a for a in ACTIVATIONS if BUGS[bug].shows(a, len(hidden))])
    return Suspect(bug, hidden, activation)


def find_the_bug() -> None:
    """One case: its evidence, the answer, and the score of this session."""
    left, right = controls_and_stage(1.0, 2.7)
    with left:
        case = int(
            st.number_input(
                "Case",
                1,
                LAST,
                key=CASE,
                bind="query-params",
                help=f"1 to {LAST:,}. Each case has one bug, the same for everybody.",
            )
        )
        st.button(
            "Another case",
            icon=":material/casino:",
            key="manual_find_next",
            on_click=_another,
            width="stretch",
            help="A random case that you have not answered yet.",
        )
        suspect = hidden_suspect(case)
        _answer(case, suspect)
    with right:
        shape = next(title for title, hidden in SHAPES.items() if hidden == suspect.hidden)
        activation = f", {suspect.activation}" if suspect.hidden else ""
        st.markdown(
            f"**Case {case:,}**: one line of this code is wrong. Network {shape}{activation}; learning rate "
            f"{suspect.lr:g}, momentum {suspect.momentum:g}, batch size {suspect.batch_size}."
        )
        st.code(BUGS[suspect.bug].listing, language="python", line_numbers=True)
        evidence(suspect, "manual_find")


def _answer(case: int, suspect: Suspect) -> None:
    offered = code_under_test.suspects(suspect.hidden, suspect.activation, suspect.momentum)
    answers: dict[int, bool] = st.session_state.setdefault(SCORE, {})
    title = st.radio(
        "Which bug is it?",
        [BUGS[name].title for name in offered],
        index=None,
        key=f"manual_find_answer_{case}",
        help="Look at which cells are wrong (✗), and from which step on.",
    )
    if title is not None:
        right = title == BUGS[suspect.bug].title
        if case not in answers:  # the first answer counts
            answers[case] = right
        if right:
            st.success(f"**Correct.** {BUGS[suspect.bug].why}", icon=":material/check_circle:")
            st.code(BUGS[suspect.bug].diff, language="diff", wrap_lines=True)
        else:
            clue = findings.hint(suspect.names, code_under_test.gradients(suspect), code_under_test.updates(suspect))
            st.warning(f"**Not this one.** {clue}", icon=":material/search:")
    st.caption(f"Your score: {findings.score_of(answers)}. The first answer counts.")


def _another() -> None:
    """A case not yet answered, at random, with another bug than the one just seen."""
    answered = st.session_state.get(SCORE, {})
    now = st.session_state.get(CASE, 1)
    case = now
    while bug_of(case) == bug_of(now) or (case in answered and len(answered) < LAST // 2):
        case = random.randint(1, LAST)
    st.session_state[CASE] = case


# The evidence on a suspect: gradient check, update check, and training beside the correct code.


def evidence(suspect: Suspect, key: str) -> None:
    """Everything the checks say, with charts whose keys begin with `key`. The bug's name is not among it."""
    names = suspect.names
    found, rows = code_under_test.gradients(suspect), code_under_test.updates(suspect)
    st.markdown("### Gradient check: by hand against autograd")
    words = findings.of_gradients(names, found)
    _tiles([found], names, ["gradient"], EXACT, f"{key}_gradients", words)
    st.markdown(words)
    st.markdown(f"### Update check: {STEPS} steps against `torch.optim.SGD`")
    words = findings.of_updates(rows)
    _tiles(rows, names, [f"step {n}" for n in range(1, len(rows) + 1)], EXACT_UPDATE, f"{key}_updates", words)
    st.markdown(words)
    st.markdown("### Training with the bug")
    right, wrong = code_under_test.trainings(suspect)
    words = findings.of_training(right, wrong)
    one, other = st.columns(2)
    with one:
        chart(planted_loss_figure(_learning(right), _learning(wrong)), f"{key}_loss", still=True, alt=words)
    with other:
        chart(planted_accuracy_figure(_learning(right), _learning(wrong)), f"{key}_accuracy", still=True, alt=words)
    st.markdown(words)
    st.caption(
        f"Checks: double precision, batch size {suspect.batch_size}. Each cell: relative difference ‖a − b‖ / "
        "max(‖a‖, ‖b‖) of the gradient, or of the total update since initialization; hover for norm and angle. "
        "Training: same initial weights and batches for both, one epoch on "
        f"{max(right.seen[-1], wrong.seen[-1]):,} images"
        + (", or until it diverged." if right.diverged or wrong.diverged else ".")
    )


def _learning(run: Planted) -> Learning:
    return Learning(run.batch_size, run.loss, run.seen, run.accuracy)


def _tiles(
    rows: list[list[Agreement]], names: list[str], labels: list[str], tolerance: float, key: str, words: str
) -> None:
    fig = tiles_figure(
        [[entry.within(tolerance) for entry in row] for row in rows],
        [[_short(entry.difference) for entry in row] for row in rows],
        [
            [_hover(label, name, entry) for name, entry in zip(names, row, strict=True)]
            for label, row in zip(labels, rows, strict=True)
        ],
        rows=labels,
        columns=names,
    )
    chart(fig, key, still=True, alt=words)


def _short(difference: float) -> str:
    if math.isinf(difference):
        return "∞"
    if difference == 0:
        return "0"
    return f"{difference:.2f}" if difference >= 0.01 else number(difference, 1)


def _hover(label: str, name: str, entry: Agreement) -> str:
    sentence = f"<b>{name}</b>, {label}<br>relative difference {entry.difference:.3g}"
    if entry.length is None or entry.angle is None:
        return sentence
    return sentence + f"<br>norm {ratio(entry.length)}<br>angle {entry.angle:.3g}°"
