"""Part of the results: the score, how the words were split, and how much of it is train–test leakage."""

from dataclasses import replace

import streamlit as st
from torch import Tensor

from core.charts.intervals import Accuracies, intervals
from core.charts.palette import BLUE, GRAY, GREEN, SKY, VIOLET
from core.config.language import ALPHABET
from core.config.run import WordsConfig
from core.data.words import LONGEST, READ, SHORTEST, STEM, TEST_SHARE
from core.formatting import interval, percent, points
from core.lessons.language.mistakes import by_relatives
from core.models.evaluation import Score
from core.models.trained_network import TrainedNetwork
from core.recipes.texts import RECIPES
from pages.ui.kit.network.network_picker import as_it_came
from pages.ui.kit.widgets.chart import chart
from pages.ui.language import computed
from pages.ui.language.controls import DIVISION_NAMES

SHIPPED = {"random": "language-gru", "stem": "language-gru-stem"}
COLORS = {"random": GREEN, "stem": VIOLET}


def score_line(trained: TrainedNetwork, probabilities: Tensor) -> None:
    """The score of this network on its test words."""
    words, config = computed.words_of(trained), trained.config.data
    assert isinstance(config, WordsConfig)
    right = int((probabilities.argmax(1) == words.test.labels).sum())
    score = Score(len(words.test), right, 0.0)
    low, high = score.ci95
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Test accuracy", percent(score.accuracy, 2), width=130, help="Share of test words classified correctly."
        )
        st.metric(
            "95% interval",
            interval(low, high),
            width=195,
            help="Range in which the accuracy on infinitely many such words lies (Wilson interval).",
        )
        st.metric("Mistakes", f"{score.n - right:,} of {score.n:,}", width=170, help="Test words misclassified.")
    st.caption(f"Test set: {DIVISION_NAMES[config.division]}, {score.n:,} words.")


def leakage(trained: TrainedNetwork, probabilities: Tensor) -> None:
    """The score with and without shared stems, of the pretrained networks on both splits, and the rules."""
    config = trained.config.data
    assert isinstance(config, WordsConfig)
    right = int((probabilities.argmax(1) == computed.words_of(trained).test.labels).sum())
    _shared_stems(trained, probabilities, Score(len(probabilities), right, 0.0))
    with st.expander("How the words were chosen and split", icon=":material/menu_book:"):
        st.markdown(_rules(config))
    with st.expander("Course project: accuracy", icon=":material/format_quote:"):
        st.markdown(f"Reported: {RECIPES['language-gru'].claim}, on languages and words that are not named.")


def _rules(config: WordsConfig) -> str:
    shared, longer = computed.relatives(replace(config, division="random"), STEM)
    return (
        f"Source: the {READ:,} most frequent words of each language (package *wordfreq*, Speer 2022). Kept: words "
        f"of {SHORTEST} to {LONGEST} letters from an alphabet of {len(ALPHABET)} that are in none of the other "
        f"four lists, then the most frequent {config.per_language:,} per language. Seed {config.words_seed} "
        f"draws {percent(TEST_SHARE, 0)} of them as test set.\n\nWith a "
        f"random split, {shared:,} of {longer:,} test words of more than {STEM} letters "
        f"({percent(shared / longer, 0)}) share their first {STEM} letters (stem) with a training word of the "
        "same language: *trabajo* is easy after *trabajar*. Splitting by stem puts all words of a stem "
        "on one side. A word of up to five letters is its own stem."
    )


def _shared_stems(trained: TrainedNetwork, probabilities: Tensor, score: Score) -> None:
    """Bars: this network on shared and new stems, and both splits side by side."""
    config = trained.config.data
    assert isinstance(config, WordsConfig)
    strangers, known = by_relatives(computed.words_of(trained), probabilities, STEM)
    rows: list[tuple[str, Score, str]] = []
    if known.n and strangers.n:
        rows += [("shared stems", known, BLUE), ("new stems", strangers, SKY)]
    if trained.source != "shipped":
        rows.append((f"this network, {_short(config.division)}", score, GRAY))
    both = {division: _shipped_score(name) for division, name in SHIPPED.items()}
    rows += [(f"pretrained, {_short(division)}", own, COLORS[division]) for division, own in both.items()]
    names, scores, colors = zip(*rows, strict=True)
    chart(
        intervals(names, Accuracies([s.accuracy for s in scores], [s.ci95 for s in scores], colors), chance=0.2),
        "lang_divisions",
        still=True,
    )
    st.caption(
        (
            f"Shared and new stems: test words of more than {STEM} letters, by whether a "
            f"training word of the same language has the same first {STEM} letters. "
            if known.n and strangers.n
            else ""
        )
        + "The others: all test words of a network trained on that split."
    )
    gap = both["random"].accuracy - both["stem"].accuracy
    sentence = (
        f"Pretrained: {percent(both['random'].accuracy, 2)} on the random split, "
        f"{percent(both['stem'].accuracy, 2)} split by stem, {points(abs(gap))} "
        f"{'less' if gap >= 0 else 'more'}."
    )
    if known.n and strangers.n:
        sentence += " " + _describe(known, strangers)
    st.markdown(sentence)


def _describe(known: Score, strangers: Score) -> str:
    """Whether words of shared stems are really easier for this network: the two scores' intervals decide."""
    what = "Test words that share a stem with a training word"
    if known.ci95[0] > strangers.ci95[1]:
        return f"{what} are easier: {percent(known.accuracy)} against {percent(strangers.accuracy)}."
    if known.ci95[1] < strangers.ci95[0]:
        return f"{what} are harder: {percent(known.accuracy)} against {percent(strangers.accuracy)}."
    return f"{what}: {percent(known.accuracy)}, others {percent(strangers.accuracy)}: no clear difference."


def _shipped_score(name: str) -> Score:
    came = as_it_came(name, name)
    words = computed.words_of(came)
    right = int((computed.probabilities(came).argmax(1) == words.test.labels).sum())
    return Score(len(words.test), right, 0.0)


def _short(division: str) -> str:
    return {"random": "random split", "stem": "split by stem"}[division]
