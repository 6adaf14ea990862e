"""The confusion matrix, accuracy by language, length and stem, and the most confident errors."""

import pandas as pd
import streamlit as st
from torch import Tensor

from core.charts.heatmaps import confusion_figure
from core.charts.intervals import Accuracies, interval_columns, intervals
from core.charts.palette import BLUE
from core.charts.palette import LANGUAGES as COLORS
from core.data.words import Words
from core.formatting import percent
from core.lessons.language.mistakes import confusion, most_confident_errors, per_language, per_length
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.parts import pick_part
from pages.ui.language import computed
from pages.ui.language.panel import word_panel
from pages.ui.language.train import PAGE
from pages.ui.language.word_input import WORD
from pages.ui.language.word_splits import leakage, score_line

CONFUSION, LEAKAGE, ERRORS = "Confusion", "Train–test leakage", "Most confident errors"

CODE = """\
logits = network(test_words)                # (N, 5)
predicted = logits.argmax(dim=1)            # the language with the largest logit
accuracy = (predicted == labels).float().mean()

confusion = torch.zeros(5, 5, dtype=torch.int64)
for true, pred in zip(labels, predicted):
    confusion[true, pred] += 1

confidence = logits.softmax(dim=1).max(dim=1).values
"""


@word_panel
def results(trained: TrainedNetwork) -> None:
    """The whole tab."""
    words, probabilities = computed.words_of(trained), computed.probabilities(trained)
    labels = words.test.labels
    table = confusion(labels, probabilities)
    score_line(trained, probabilities)
    part = pick_part(
        "lang_results_part",
        {CONFUSION: (), LEAKAGE: (), ERRORS: ()},
        help="Which languages are confused, how fair the test is, or single words.",
    )
    if part == LEAKAGE:
        leakage(trained, probabilities)
    elif part == ERRORS:
        _mistakes(words, probabilities)
    else:
        left, right = st.columns(2, gap="medium")
        with left:
            st.subheader("Confusion matrix", anchor=False)
            _confusion(table)
        with right:
            st.subheader("Accuracy by language", anchor=False)
            _languages(labels, probabilities)
        st.subheader("Accuracy by word length", anchor=False)
        _lengths(words, probabilities)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _languages(labels: Tensor, probabilities: Tensor) -> None:
    scores = per_language(labels, probabilities)
    named = list(zip(computed.NAMES, scores, strict=True))
    worst = min(named, key=lambda entry: entry[1].accuracy)
    best = max(named, key=lambda entry: entry[1].accuracy)
    st.markdown(
        f"Hardest is **{worst[0]}** ({percent(worst[1].accuracy)}), easiest **{best[0]}** "
        f"({percent(best[1].accuracy)})."
    )
    fig = intervals(
        computed.NAMES, Accuracies([s.accuracy for s in scores], [s.ci95 for s in scores], COLORS), chance=0.2
    )
    chart(fig, "lang_languages", still=True)
    st.caption("Whiskers: 95% intervals. Dotted: chance level.")


def _confusion(table: Tensor) -> None:
    wrong = table.clone().fill_diagonal_(0)
    most = int(wrong.argmax())
    true, predicted = divmod(most, len(computed.NAMES))
    often = int(wrong.flatten()[most])
    if often:
        st.markdown(
            f"Most frequent: **{computed.NAMES[true]}** predicted as **{computed.NAMES[predicted]}**, {often:,} times."
        )
    chart(confusion_figure(table, names=computed.NAMES, things="words", height=300), "lang_confusion", still=True)
    st.caption("Brighter: a larger share of the row. Diagonal: classified correctly.")


def _lengths(words: Words, probabilities: Tensor) -> None:
    found = per_length(words, probabilities)
    right = int((probabilities.argmax(1) == words.test.labels).sum())
    fig = interval_columns(
        [s.accuracy for s in found.values()],
        [s.ci95 for s in found.values()],
        BLUE,
        x_title="word length (letters)",
        whole=right / len(words.test),
        hover="%{x} letters: %{y:.2%} of %{customdata[0]:,} words",
        customdata=[(s.n,) for s in found.values()],
        places=list(found),
        joined=True,
    )
    chart(fig, "lang_lengths", still=True)
    st.caption("Whiskers: 95% intervals. Dotted: all words.")


def _mistakes(words: Words, probabilities: Tensor) -> None:
    found = most_confident_errors(words, probabilities, 20)
    if not found:
        st.markdown("All test words are classified correctly.")
        return
    st.markdown(
        "Word lists contain names and loanwords, so some labels are doubtful. Select a "
        "row (checkbox on the left) to open the word in *Type a word*."
    )
    names = computed.NAMES
    picked = st.dataframe(
        pd.DataFrame(
            [
                {
                    "word": entry.word,
                    "true": names[entry.language],
                    "predicted": names[entry.predicted],
                    "confidence": entry.probability,
                }
                for entry in found
            ]
        ),
        hide_index=True,
        key="lang_mistakes",
        on_select="rerun",
        selection_mode="single-row",
        column_config={"confidence": st.column_config.NumberColumn(format="percent")},
    )
    rows = picked.selection.rows
    if rows and rows[0] < len(found):
        st.button(
            f"Look at “{found[rows[0]].word}”",
            icon=":material/search:",
            key="lang_look_at",
            on_click=_open,
            args=(found[rows[0]].word,),
            help="Opens *Type a word* with this word.",
        )


def _open(word: str) -> None:
    """Callback: the word becomes the typed one, in its tab."""
    st.session_state[WORD] = word
    st.session_state[PAGE.key("tab")] = "Type a word"
