"""What the network gets right and wrong: language by language, by length, and on words of a known stem."""

import pandas as pd
import streamlit as st
from torch import Tensor

from core.charts.heatmaps import confusion_figure
from core.charts.intervals import Accuracies, interval_columns, intervals
from core.charts.palette import BLUE
from core.charts.palette import LANGUAGES as COLORS
from core.data.words import Words
from core.formatting import percent
from core.lessons.language.mistakes import confusion, per_language, per_length, surest_mistakes
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.widgets.chart import chart
from pages.ui.language import computed
from pages.ui.language.panel import word_panel
from pages.ui.language.train import PAGE
from pages.ui.language.word_input import WORD
from pages.ui.language.word_splits import divisions

CODE = """\
logits = network(test_words)                # (N, 5)
predicted = logits.argmax(dim=1)            # the language with the largest number
accuracy = (predicted == labels).float().mean()

confusion = torch.zeros(5, 5, dtype=torch.int64)
for language, called in zip(labels, predicted):
    confusion[language, called] += 1

confidence = logits.softmax(dim=1).max(dim=1).values
"""


@word_panel
def results(trained: TrainedNetwork) -> None:
    """The whole tab."""
    words, probabilities = computed.words_of(trained), computed.probabilities(trained)
    labels = words.test.labels
    table = confusion(labels, probabilities)
    divisions(trained, probabilities)
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Which languages are hard", anchor=False)
        _languages(labels, probabilities)
    with right:
        st.subheader("Which for which", anchor=False)
        _confusion(table)
    st.subheader("Short words are harder" if _short_is_harder(words, probabilities) else "By length", anchor=False)
    _lengths(words, probabilities)
    st.subheader("Sure, and wrong", anchor=False)
    _mistakes(words, probabilities)
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
    st.caption("Share of the test words of each language; 95% intervals. Dotted: chance level.")


def _confusion(table: Tensor) -> None:
    wrong = table.clone().fill_diagonal_(0)
    most = int(wrong.argmax())
    is_, predicted = divmod(most, len(computed.NAMES))
    often = int(wrong.flatten()[most])
    if often:
        st.markdown(
            f"The commonest mistake: **{computed.NAMES[is_]}** called **{computed.NAMES[predicted]}**, {often:,} times."
        )
    chart(confusion_figure(table, names=computed.NAMES, things="words", height=300), "lang_confusion", still=True)
    st.caption("Brighter: a larger share of the row. The diagonal holds right answers.")


def _short_is_harder(words: Words, probabilities: Tensor) -> bool:
    scores = list(per_length(words, probabilities).values())
    return len(scores) > 1 and scores[0].ci95[1] < scores[-1].ci95[0]


def _lengths(words: Words, probabilities: Tensor) -> None:
    found = per_length(words, probabilities)
    right = int((probabilities.argmax(1) == words.test.labels).sum())
    fig = interval_columns(
        [s.accuracy for s in found.values()],
        [s.ci95 for s in found.values()],
        BLUE,
        x_title="letters of the word",
        whole=right / len(words.test),
        hover="%{x} letters: %{y:.2%} of %{customdata[0]:,} words",
        customdata=[(s.n,) for s in found.values()],
        places=list(found),
        joined=True,
    )
    chart(fig, "lang_lengths", still=True)
    st.caption("Dots: words of that many letters, with 95% intervals. Dotted: all words.")


def _mistakes(words: Words, probabilities: Tensor) -> None:
    found = surest_mistakes(words, probabilities, 20)
    if not found:
        st.markdown("Not one mistake on these words.")
        return
    st.markdown(
        "Frequency lists hold names and borrowed words, so some of these are no mistakes at all. Choose a "
        "row to see the word in *Type a word*."
    )
    names = computed.NAMES
    picked = st.dataframe(
        pd.DataFrame(
            [
                {
                    "word": entry.word,
                    "is": names[entry.language],
                    "called": names[entry.predicted],
                    "probability": entry.probability,
                }
                for entry in found
            ]
        ),
        hide_index=True,
        key="lang_mistakes",
        on_select="rerun",
        selection_mode="single-row",
        column_config={"probability": st.column_config.NumberColumn(format="%.4f")},
    )
    rows = picked.selection.rows
    if rows and rows[0] < len(found):
        st.button(
            f"Look at “{found[rows[0]].word}”",
            icon=":material/search:",
            key="lang_look_at",
            on_click=_open,
            args=(found[rows[0]].word,),
            help="Opens the first tab with this word.",
        )


def _open(word: str) -> None:
    """Callback: the word becomes the typed one, in its tab."""
    st.session_state[WORD] = word
    st.session_state[PAGE.key("tab")] = "Type a word"
