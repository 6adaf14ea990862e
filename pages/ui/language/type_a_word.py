"""Type a word: what the network thinks after each character, what its units do, what one letter changes."""

import pandas as pd
import streamlit as st
from torch import Tensor, nn

from core.charts.intervals import bars
from core.charts.palette import LANGUAGES as COLORS
from core.config.language import ALPHABET
from core.formatting import percent, probability, times
from core.lessons.language.charts import substitutions_figure, thought_figure, units_figure
from core.models.inspect.word_predictions import WordPrediction, turning_changes
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.widgets.chart import chart
from pages.ui.language import computed
from pages.ui.language.panel import pick_unit, word_panel
from pages.ui.language.word_input import Typed, known_from, word_input

HIDDEN, UPDATE, RESET, CANDIDATE = "state h", "update z", "reset r", "candidate n"
MEANING = {
    HIDDEN: "What it remembers: blue below zero, orange above. The last row alone decides.",
    UPDATE: "1 keeps what was remembered, 0 writes the candidate over it.",
    RESET: "0 lets the candidate forget what was before, 1 lets it see all of it.",
    CANDIDATE: "What would be written into the memory, as far as the update gate lets it.",
}

CODE = """\
places = torch.tensor([alphabet.index(letter) for letter in "nykyään"])
hot = nn.functional.one_hot(places, len(alphabet)).float()[None]    # (1, L, 46)

states, last = gru(hot)                     # (1, L, 128): the state after every character
so_far = linear(states[0]).softmax(dim=1)   # (L, 5): what it would say if the word ended there
answer = so_far[-1]                         # after the last one it counts
"""


@word_panel
def typed(trained: TrainedNetwork) -> None:
    """The whole tab."""
    found = word_input(trained)
    if found is not None:
        _thoughts(trained, found)
        st.subheader("What its units do", anchor=False)
        _units(trained, found)
        st.subheader("One letter changed", anchor=False)
        changed_letter(trained, found)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _thoughts(trained: TrainedNetwork, found: Typed) -> None:
    reading, names = found.reading, computed.NAMES
    now = reading.probabilities[found.at]
    so_far = reading.word[: found.at + 1]
    ended = found.at == len(reading.characters) - 1
    st.markdown(
        f"To this network **{so_far}{'' if ended else '…'}** is **{names[int(now.argmax())]}** "
        f"({probability(float(now.max()))})."
    )
    st.caption(known_from(trained, so_far))
    left, right = st.columns([2, 1], gap="medium")
    with left:
        chart(thought_figure(reading.word, names, reading.probabilities.numpy(), found.at), "lang_thoughts", still=True)
        st.caption("Percent for each language if the word ended there. Framed: the character chosen above.")
    with right:
        fig = bars(now.numpy(), names, COLORS)
        chart(fig.update_xaxes(range=(0, 1.4)), "lang_now", still=True)
        st.caption(_turning(reading))


def _turning(reading: WordPrediction) -> str:
    """Where the answer changed for the last time."""
    predicted = reading.probabilities.argmax(1).tolist()
    turns = [at for at in range(1, len(predicted)) if predicted[at] != predicted[at - 1]]
    if not turns:
        return "Its answer is the same from the first character to the last."
    at = turns[-1]
    return f"Its answer changed {times(len(turns))}, the last time at “{reading.word[at]}”, character {at + 1}."


def _units(trained: TrainedNetwork, found: Typed) -> None:
    model = computed.network(trained)
    gated = isinstance(model.cell, nn.GRU)
    what = HIDDEN
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        if gated:
            what = st.segmented_control(
                "Show",
                [HIDDEN, UPDATE, RESET, CANDIDATE],
                default=HIDDEN,
                required=True,
                key="lang_what",
                bind="query-params",
                help="A GRU's memory, its two gates, and what it would write.",
            )
        unit = pick_unit(trained)
        by_vote = st.toggle(
            "Sort by vote",
            True,
            key="lang_sorted",
            bind="query-params",
            help="Left: units whose last state speaks for the answer; right: those that speak against it.",
        )
    if gated:
        inside, _ = computed.inside(trained, found.reading)
        values = {HIDDEN: inside.after, UPDATE: inside.update, RESET: inside.reset, CANDIDATE: inside.candidate}[what]
    else:
        values = found.reading.states
    votes = model.out.weight.detach()[found.answer] * found.reading.states[-1]
    order = votes.argsort(descending=True, stable=True).tolist() if by_vote else list(range(len(votes)))
    fig = units_figure(
        found.reading.word,
        values[:, order].numpy(),
        found.at,
        order.index(unit),
        signed=what in (HIDDEN, CANDIDATE),
        name=what,
        units=order,
    )
    chart(fig, "lang_units", still=True)
    st.caption(
        f"{MEANING[what]} One row a character, one column each of {len(order)} units. "
        + (_votes(votes, found.answer) if by_vote else "")
    )
    if not gated:
        st.caption("This network is no GRU, so it has none of a GRU's gates.")


def _votes(votes: Tensor, answer: int) -> str:
    """How much of the answer's logit the units for and against it add."""
    plus, minus = (f"{float(part.sum()):+.1f}".replace("-", "−") for part in (votes.clamp_min(0), votes.clamp_max(0)))
    return (
        f"At the end {int((votes > 0).sum())} units speak for {computed.NAMES[answer]} ({plus} in its "
        f"logit), {int((votes < 0).sum())} against it ({minus})."
    )


# Part of the word tab: every letter of the word replaced by every other.


def changed_letter(trained: TrainedNetwork, found: Typed) -> None:
    """The probability of one language under all changes of one letter, and those that turn the answer."""
    word, answer = found.reading.word, found.answer
    table = computed.changed(trained, word)
    predicted = table.argmax(2)
    others = int((predicted != answer).sum())
    total = len(word) * (len(ALPHABET) - 1)
    languages = list(computed.NAMES)
    if others:
        st.markdown(
            f"Of {total:,} words that differ from *{word}* in one letter, {others:,} "
            f"({percent(others / total, 0)}) are no longer {languages[answer]} to it."
        )
    else:
        st.markdown(
            f"None of {total:,} words that differ from *{word}* in one letter is anything but "
            f"{languages[answer]} to it."
        )
    language = st.selectbox(
        "Probability of",
        languages,
        answer,
        key=f"lang_changed_{answer}",
        width=200,
        help="Whose probability the colors show.",
    )
    fig = substitutions_figure(word, ALPHABET, table[..., languages.index(language)].numpy(), language)
    chart(fig, "lang_changed", still=True)
    st.caption("One row a letter of the word, one column the letter in its place. Framed: the word as it is.")
    changes = turning_changes(word, table, answer)
    if changes:
        st.markdown("**The changes that turn its answer most surely**")
        rows = [
            {
                "word": entry.word,
                "letter": f"{entry.place + 1}: {word[entry.place]} → {entry.letter}",
                "then": languages[entry.language],
                "probability": entry.probability,
            }
            for entry in changes
        ]
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            key="lang_turning",
            column_config={"probability": st.column_config.NumberColumn(format="percent")},
        )
