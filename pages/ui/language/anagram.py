"""Part of the comparison: the same letters in another order."""

import pandas as pd
import streamlit as st
import torch

from core.charts.intervals import interval_bars_figure
from core.charts.palette import GUESSERS
from core.config.language import WordsConfig
from core.config.proportion import proportion
from core.data.words import readable
from core.formatting import percent, probability
from core.lessons.language.anagrams import moved, scrambled
from core.lessons.language.contest import TITLES, Entrant, Guess, Name
from pages.ui.kit.widgets.chart import chart
from pages.ui.language import computed

SOME = 1000  # test words that are scrambled


def anagram(entrants: list[Entrant], config: WordsConfig) -> None:
    """One word and its scrambled letters under all models, then how many of the test words are moved."""
    st.subheader("Letters in another order", anchor=False)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        text = st.text_input(
            "A word to scramble",
            "heerlijk",
            key="lang_scramble",
            bind="query-params",
            max_chars=40,
            help="Its letters are put into another order.",
        )
    with right:
        seed = st.number_input("Shuffle number", 0, 9999, 1, key="lang_shuffle", help="Another number, another order.")
    word = readable(text)[0]
    if len(set(word)) < 2:
        st.markdown("Type a word of at least two different letters that the models know.")
    else:
        other = scrambled(word, int(seed))
        st.dataframe(
            pd.DataFrame([_row(entrant, word, other) for entrant in entrants]), hide_index=True, key="lang_scrambled"
        )
    shares = {entrant.name: _moved(entrant.name, config, int(seed), entrant.guess) for entrant in entrants}
    st.markdown(
        f"**Answers that change when the letters are scrambled**, of {SOME:,} test words. "
        + (
            "A bag of characters has no order: not one."
            if shares["letters"] == 0
            else f"The bag of characters: {percent(shares['letters'])}."
        )
    )
    fig = interval_bars_figure(
        [TITLES[entrant.name] for entrant in entrants],
        list(shares.values()),
        [proportion(share, SOME).interval for share in shares.values()],
        [GUESSERS[entrant.name] for entrant in entrants],
    )
    fig.update_layout(xaxis_title_text="answers that change")
    fig.layout.shapes = ()
    chart(fig, "lang_moved", still=True)


def _row(entrant: Entrant, word: str, other: str) -> dict[str, str]:
    found = {"way": TITLES[entrant.name]}
    for text, row in zip((word, other), torch.from_numpy(entrant.guess([word, other])), strict=True):
        found[text] = f"{computed.NAMES[int(row.argmax())]}, {probability(float(row.max()))}"
    return found


@st.cache_data(max_entries=40, show_spinner="Scrambling words…")
def _moved(name: Name, config: WordsConfig, seed: int, _guess: Guess) -> float:
    """Share of some test words, the first of a fixed random order, whose answer changes."""
    words = computed.words(config).test_words
    drawn = torch.randperm(len(words), generator=torch.Generator().manual_seed(0))[:SOME]
    return moved(_guess, [words[at] for at in drawn.tolist()], seed)
