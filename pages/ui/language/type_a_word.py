"""Type a word: the prediction after each character, the hidden units, what one letter changes."""

import pandas as pd
import streamlit as st
from torch import Tensor, nn

from core.charts.intervals import bars
from core.charts.palette import LANGUAGES as COLORS
from core.config.language import ALPHABET
from core.formatting import percent, probability, times
from core.lessons.language.charts import prediction_steps_figure, substitutions_figure, units_figure
from core.models.inspect.word_predictions import WordPrediction, turning_changes
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.parts import pick_part
from pages.ui.language import computed
from pages.ui.language.panel import pick_unit, word_panel
from pages.ui.language.word_input import Typed, known_from, word_input

HIDDEN, UPDATE, RESET, CANDIDATE = "hidden state h", "update gate z", "reset gate r", "candidate n"
renamed("lang_what", {"state h": HIDDEN, "update z": UPDATE, "reset r": RESET})
STEPS, UNITS, CHANGED = "Step by step", "Hidden units", "One letter changed"
MEANING = {
    HIDDEN: "Hidden state, blue: below zero, orange: above. The last row decides the prediction.",
    UPDATE: "1 keeps the hidden state, 0 replaces it by the candidate.",
    RESET: "0 hides the hidden state from the candidate, 1 shows all of it.",
    CANDIDATE: "New content, written as far as the update gate lets it.",
}

CODE = """\
places = torch.tensor([alphabet.index(letter) for letter in "nykyään"])
hot = nn.functional.one_hot(places, len(alphabet)).float()[None]    # (1, L, 46)

states, last = gru(hot)                     # (1, L, 128): hidden state after every character
so_far = linear(states[0]).softmax(dim=1)   # (L, 5): prediction if the word ended there
prediction = so_far[-1]                     # after the last character
"""


@word_panel
def typed(trained: TrainedNetwork) -> None:
    """The whole tab."""
    found = word_input(trained)
    if found is not None:
        part = pick_part(
            "lang_part",
            {STEPS: (), UNITS: ("lang_what", "lang_sorted"), CHANGED: ()},
            help="Prediction after every character, the hidden units behind it, or every word one letter away.",
        )
        {STEPS: _step_by_step, UNITS: _units, CHANGED: changed_letter}[part](trained, found)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _step_by_step(trained: TrainedNetwork, found: Typed) -> None:
    reading, names = found.reading, computed.NAMES
    now = reading.probabilities[found.at]
    so_far = reading.word[: found.at + 1]
    ended = found.at == len(reading.characters) - 1
    st.markdown(
        f"Prediction for **{so_far}{'' if ended else '…'}**: **{names[int(now.argmax())]}** "
        f"({probability(float(now.max()))})."
    )
    st.caption(known_from(trained, so_far))
    left, right = st.columns([2, 1], gap="medium")
    with left:
        chart(
            prediction_steps_figure(reading.word, names, reading.probabilities.numpy(), found.at),
            "lang_thoughts",
            still=True,
            alt=_turning(reading),
        )
        st.caption("Probability in percent if the word ended there. Framed: the chosen time step.")
    with right:
        fig = bars(now.numpy(), names, COLORS)
        chart(fig.update_xaxes(range=(0, 1.4)), "lang_now", still=True)
        st.caption(_turning(reading))


def _turning(reading: WordPrediction) -> str:
    """Where the prediction changed for the last time."""
    predicted = reading.probabilities.argmax(1).tolist()
    turns = [at for at in range(1, len(predicted)) if predicted[at] != predicted[at - 1]]
    if not turns:
        return "The prediction is the same at every character."
    at = turns[-1]
    return f"The prediction changed {times(len(turns))}, last at “{reading.word[at]}”, character {at + 1}."


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
                help="Hidden state, the two gates, and the candidate state.",
            )
        unit = pick_unit(trained)
        by_contribution = st.toggle(
            "Sort by contribution",
            True,
            key="lang_sorted",
            bind="query-params",
            help="Left: units that raise the logit of the prediction; right: those that lower it.",
        )
    if gated:
        inside, _ = computed.inside(trained, found.reading)
        values = {HIDDEN: inside.after, UPDATE: inside.update, RESET: inside.reset, CANDIDATE: inside.candidate}[what]
    else:
        values = found.reading.states
    contributions = model.out.weight.detach()[found.answer] * found.reading.states[-1]
    order = (
        contributions.argsort(descending=True, stable=True).tolist()
        if by_contribution
        else list(range(len(contributions)))
    )
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
        f"{MEANING[what]} One row per character, one column per unit ({len(order)}). "
        + (_contributions(contributions, found.answer) if by_contribution else "")
    )
    if not gated:
        st.caption("Not a GRU, so there are no reset and update gates.")


def _contributions(contributions: Tensor, answer: int) -> str:
    """How much of the predicted logit the units for and against it add."""
    plus, minus = (
        f"{float(part.sum()):+.1f}".replace("-", "−")
        for part in (contributions.clamp_min(0), contributions.clamp_max(0))
    )
    return (
        f"{int((contributions > 0).sum())} units raise the logit of {computed.NAMES[answer]} ({plus}), "
        f"{int((contributions < 0).sum())} lower it ({minus})."
    )


# Part of the word tab: every letter of the word replaced by every other.


def changed_letter(trained: TrainedNetwork, found: Typed) -> None:
    """The probability of one language under all changes of one letter, and those that change the prediction."""
    word, answer = found.reading.word, found.answer
    table = computed.changed(trained, word)
    predicted = table.argmax(2)
    others = int((predicted != answer).sum())
    total = len(word) * (len(ALPHABET) - 1)
    languages = list(computed.NAMES)
    if others:
        st.markdown(
            f"Of {total:,} words one letter away from *{word}*, **{others:,} "
            f"({percent(others / total, 0)})** are not predicted {languages[answer]}."
        )
    else:
        st.markdown(f"All {total:,} words one letter away from *{word}* are predicted {languages[answer]}.")
    language = st.selectbox(
        "Probability of",
        languages,
        answer,
        key=f"lang_changed_{answer}",
        width=200,
        help="Language whose probability the colors show.",
    )
    fig = substitutions_figure(word, ALPHABET, table[..., languages.index(language)].numpy(), language)
    words = f"{others:,} of {total:,} words one letter away from {word} change the prediction."
    chart(fig, "lang_changed", still=True, alt=words)
    st.caption("Row: letter of the word. Column: its replacement. Framed: the word itself.")
    changes = turning_changes(word, table, answer)
    if changes:
        st.markdown("**Most confident changes of the prediction**")
        rows = [
            {
                "word": entry.word,
                "change": f"{entry.place + 1}: {word[entry.place]} → {entry.letter}",
                "predicted": languages[entry.language],
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
