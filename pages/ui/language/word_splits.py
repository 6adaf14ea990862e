"""Part of the results: how the words were kept, and how much a score owes to relatives in the training."""

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


def divisions(trained: TrainedNetwork, probabilities: Tensor) -> None:
    """The score of this network, of the shipped ones on both divisions, and the rules for the words."""
    words, config = computed.words_of(trained), trained.config.data
    assert isinstance(config, WordsConfig)
    right = int((probabilities.argmax(1) == words.test.labels).sum())
    score = Score(len(words.test), right, 0.0)
    low, high = score.ci95
    with st.container(horizontal=True, gap="medium"):
        st.metric("Test accuracy", percent(score.accuracy, 2), width=130, help="Share of test words guessed rightly.")
        st.metric(
            "95% interval",
            interval(low, high),
            width=195,
            help="Where the accuracy on endlessly many such words lies (Wilson 1927).",
        )
        st.metric("Mistakes", f"{score.n - right:,} of {score.n:,}", width=170, help="Test words guessed wrongly.")
    st.caption(
        f"Words divided {DIVISION_NAMES[config.division]}. The course project's text claims "
        f"{RECIPES['language-gru'].claim} and names neither languages nor words: a yardstick, no more."
    )
    with st.expander("Which words these are", icon=":material/menu_book:"):
        st.markdown(_rules(config))
    st.subheader("How much is owed to relatives in training", anchor=False)
    _relatives(trained, probabilities, score)


def _rules(config: WordsConfig) -> str:
    shared, longer = computed.relatives(replace(config, division="random"), STEM)
    return (
        f"From each language's {READ:,} most frequent words (package *wordfreq*, Speer 2022) those are kept "
        f"that have {SHORTEST} to {LONGEST} letters, all of them among {len(ALPHABET)}, and that stand in "
        f"none of the other four lists; then the most frequent {config.per_language:,} of each language. The "
        f"seed {config.words_seed} draws {percent(TEST_SHARE, 0)} of them for the test.\n\nDivided at "
        f"random, {shared:,} of {longer:,} test words of more than {STEM} letters "
        f"({percent(shared / longer, 0)}) share their first {STEM} letters with a training word of their "
        "language: *trabajo* is easy for who has learned *trabajar*. Divided by stem, whole groups of such "
        "words go to one side, and none does. A word of up to five letters is its own stem."
    )


def _relatives(trained: TrainedNetwork, probabilities: Tensor, score: Score) -> None:
    """Bars: this network with and without relatives, and both divisions side by side."""
    config = trained.config.data
    assert isinstance(config, WordsConfig)
    strangers, known = by_relatives(computed.words_of(trained), probabilities, STEM)
    rows: list[tuple[str, Score, str]] = []
    if known.n and strangers.n:
        rows += [("known stems", known, BLUE), ("new stems", strangers, SKY)]
    if trained.source != "shipped":
        rows.append((f"this one, {_short(config.division)}", score, GRAY))
    both = {division: _shipped_score(name) for division, name in SHIPPED.items()}
    rows += [(f"as it came, {_short(division)}", own, COLORS[division]) for division, own in both.items()]
    names, scores, colors = zip(*rows, strict=True)
    chart(
        intervals(names, Accuracies([s.accuracy for s in scores], [s.ci95 for s in scores], colors), chance=0.2),
        "lang_divisions",
        still=True,
    )
    st.caption(
        (
            f"Known and new stems: this network's test words of more than {STEM} letters, by whether a "
            f"training word of their language begins with the same {STEM}. "
            if known.n and strangers.n
            else ""
        )
        + "The others: all test words of a network whose words were divided so."
    )
    gap = both["random"].accuracy - both["stem"].accuracy
    sentence = (
        f"The networks that came along: {percent(both['random'].accuracy, 2)} on the random division, "
        f"{percent(both['stem'].accuracy, 2)} by stem, {points(abs(gap))} "
        f"{'less' if gap >= 0 else 'more'}."
    )
    if known.n and strangers.n:
        sentence += " " + _describe(known, strangers)
    st.markdown(sentence)


def _describe(known: Score, strangers: Score) -> str:
    """Whether words with relatives are really easier for this network: the two scores' intervals decide."""
    what = f"Of this network's test words of more than {STEM} letters, those with a relative in training"
    if known.ci95[0] > strangers.ci95[1]:
        return f"{what} are easier: {percent(known.accuracy)} against {percent(strangers.accuracy)}."
    if known.ci95[1] < strangers.ci95[0]:
        return f"{what} are harder: {percent(known.accuracy)} against {percent(strangers.accuracy)}."
    return f"{what} get {percent(known.accuracy)}, the others {percent(strangers.accuracy)}: no sure difference."


def _shipped_score(name: str) -> Score:
    came = as_it_came(name, name)
    words = computed.words_of(came)
    right = int((computed.probabilities(came).argmax(1) == words.test.labels).sum())
    return Score(len(words.test), right, 0.0)


def _short(division: str) -> str:
    return {"random": "at random", "stem": "by stem"}[division]
