"""Find the bug: the checks and the curves are there, the name is not."""

import random

import streamlit as st

from core.backprop.bugs import BUGS
from core.config.run import ACTIVATIONS
from pages.ui.backprop import code_under_test, findings
from pages.ui.backprop.code_under_test import SHAPES, Suspect
from pages.ui.backprop.evidence import evidence
from pages.ui.kit.shell.layout import controls_and_stage

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
                help=f"1 to {LAST:,}. A case has one bug, the same for everybody: a class can hunt together.",
            )
        )
        st.button(
            "Another one",
            icon=":material/casino:",
            key="manual_find_next",
            on_click=_another,
            width="stretch",
            help="A case at random that this session has not answered yet.",
        )
        suspect = hidden_suspect(case)
        _answer(case, suspect)
    with right:
        shape = next(title for title, hidden in SHAPES.items() if hidden == suspect.hidden)
        bend = f", {suspect.activation}" if suspect.hidden else ""
        st.markdown(
            f"**Case {case:,}**: one line of this code is wrong. Network {shape}{bend}; learning rate "
            f"{suspect.lr:g}, momentum {suspect.momentum:g}, {suspect.batch_size} images a batch."
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
        help="Look at which tiles are red, and from when on.",
    )
    if title is not None:
        right = title == BUGS[suspect.bug].title
        if case not in answers:  # the first answer counts
            answers[case] = right
        if right:
            st.success(f"**Right.** {BUGS[suspect.bug].why}", icon=":material/check_circle:")
            st.code(BUGS[suspect.bug].diff, language="diff", wrap_lines=True)
        else:
            clue = findings.hint(suspect.names, code_under_test.gradients(suspect), code_under_test.updates(suspect))
            st.warning(f"**Not that one.** {clue}", icon=":material/search:")
    st.caption(f"This session: {findings.score_of(answers)}. The first answer counts.")


def _another() -> None:
    """A case not yet answered, at random, with another bug than the one just seen."""
    answered = st.session_state.get(SCORE, {})
    now = st.session_state.get(CASE, 1)
    case = now
    while bug_of(case) == bug_of(now) or (case in answered and len(answered) < LAST // 2):
        case = random.randint(1, LAST)
    st.session_state[CASE] = case
