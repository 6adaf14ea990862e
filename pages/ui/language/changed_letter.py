"""Part of the word tab: every letter of the word replaced by every other."""

import pandas as pd
import streamlit as st

from core.config.language import ALPHABET
from core.formatting import percent
from core.lessons.language.charts import substitutions_figure
from core.models.inspect.word_predictions import turning_changes
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.widgets.chart import chart
from pages.ui.language import computed
from pages.ui.language.word_input import Typed


def changed_letter(trained: Trained, found: Typed) -> None:
    """The probability of one language under all changes of one letter, and those that turn the answer."""
    word, answer = found.reading.word, found.answer
    table = computed.changed(trained, word)
    called = table.argmax(2)
    others = int((called != answer).sum())
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
