"""Compare: five classifiers on the same words, from counting letters to an LSTM."""

from collections.abc import Callable

import pandas as pd
import streamlit as st
import torch

from core.charts.intervals import Accuracies, bars, intervals
from core.charts.palette import GUESSERS
from core.charts.palette import LANGUAGES as COLORS
from core.config.choices import WORD_SPLITS
from core.config.language import WordsConfig
from core.config.proportion import proportion
from core.data.words import readable
from core.formatting import duration, percent, points, points_interval, probability
from core.lessons.language.baselines import EDGE, Counting
from core.lessons.language.contest import NAMES, RATES, TITLES, Guess, Name, ScoredClassifier, reading
from core.lessons.language.mistakes import moved, scrambled
from core.lessons.language.shared_runs import Epoch, SharedRuns
from core.models.paired_test import paired
from core.recipes.texts import RECIPES
from pages.ui.kit.network.network_picker import as_it_came
from pages.ui.kit.shell.cache import shipped_model
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.incremental_work import NotNow, Piecework
from pages.ui.kit.widgets.parts import pick_part
from pages.ui.language import computed
from pages.ui.language.controls import DIVISION_NAMES
from pages.ui.language.word_splits import SHIPPED

CELLS: tuple[Name, ...] = ("rnn", "lstm")
ACCURACY, SCRAMBLED, STRONGEST = "Accuracy", "Scrambled letters", "Strongest n-grams"
EPOCHS = RECIPES["language-gru"].config.train.epochs

CODE = """\
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

marked = [f"·{word}·" for word in words]    # mark where a word begins and ends
counter = CountVectorizer(analyzer="char", lowercase=False, ngram_range=(1, 3))
counts = counter.fit_transform(marked)      # (N, n-grams): counts per word
model = LogisticRegression(C=1.0, max_iter=1000).fit(counts, labels)
"""


def compare() -> None:
    """The whole tab: a part that trains the two other cells epoch by epoch where the reader asks for them."""
    epochs = EPOCHS
    work = Piecework(
        "lang_compare",
        "Train the plain RNN and the LSTM",
        help=f"{epochs} epochs each with the GRU's settings on the same words, about a minute. The RNN uses "
        f"its own tuned learning rate, {RATES['rnn']:g}.",
    )

    def body() -> None:
        division = st.segmented_control(
            "Test split (20%)",
            WORD_SPLITS,
            default="random",
            required=True,
            key="lang_compare_division",
            bind="query-params",
            disabled=work.running,
            format_func=lambda name: DIVISION_NAMES[name],
            help="The same split for all five.",
        )
        config = WordsConfig(division=division)
        shared = _shared(config, epochs)
        kept = shared.kept
        wanted: list[Epoch] = [(name, epoch) for name in CELLS for epoch in range(1, epochs + 1)]

        def one(piece: Epoch, progress: Callable[[float], None]) -> float:
            accuracy = shared.go_on(*piece, progress)
            if accuracy is None:  # another session trains this network: its next epochs are everybody's
                raise NotNow
            return accuracy

        classifiers = _entrants(shared)
        part = pick_part(
            "lang_compare_part",
            {ACCURACY: (), SCRAMBLED: ("lang_scramble",), STRONGEST: ("lang_heaviest",)},
            help="Accuracy of all, what the order of the letters is worth to each, or the weights of the n-grams.",
        )
        if part == ACCURACY or work.running:
            _scores(work, shared, classifiers, wanted)
        elif part == SCRAMBLED:
            anagram(classifiers, config)
        else:
            heaviest(computed.baseline("pieces", config)[0])
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")
        work.go_on(wanted, kept, one)

    work.part(body)


def _scores(work: Piecework, shared: SharedRuns, classifiers: list[ScoredClassifier], wanted: list[Epoch]) -> None:
    """Accuracy of all, in words, a chart and a table; and the buttons that train the two other cells."""
    st.markdown(describe(classifiers))
    _chart(classifiers)
    work.buttons(sum(piece in shared.kept for piece in wanted), len(wanted), "epochs")
    for name in CELLS:
        done = [accuracy for (of, _), accuracy in sorted(shared.kept.copy().items()) if of == name]
        if 0 < len(done) < shared.epochs:
            st.caption(
                f"{TITLES[name]}: test accuracy {percent(done[-1], 2)} after {len(done)} of {shared.epochs} epochs."
            )
    _table(classifiers)


@st.cache_resource(max_entries=2, show_spinner=False)
def _shared(config: WordsConfig, epochs: int) -> SharedRuns:
    """The runs of this division, kept by the server for everybody."""
    return SharedRuns(RECIPES["language-gru"].config, config, epochs)


@st.cache_resource(max_entries=8, show_spinner=False)
def _finished(config: WordsConfig, name: Name, _shared: SharedRuns) -> ScoredClassifier:
    return _shared.classifier(name)


@st.cache_resource(max_entries=4, show_spinner=False)
def _shipped(config: WordsConfig) -> ScoredClassifier:
    """The pretrained GRU of this split."""
    came = as_it_came(SHIPPED[config.division], "")
    came_seconds = float(shipped_model(SHIPPED[config.division]).provenance["train_seconds"])
    return reading("gru", computed.network(came), computed.words(config), came_seconds)


def _entrants(shared: SharedRuns) -> list[ScoredClassifier]:
    """Those that are there, in NAMES' order."""
    config = shared.division
    found: list[ScoredClassifier] = []
    for name in NAMES:
        if name in ("letters", "pieces"):
            found.append(computed.baseline(name, config)[1])
        elif name == "gru":
            found.append(_shipped(config))
        elif (name, shared.epochs) in shared.kept:
            found.append(_finished(config, name, shared))
    return found


def describe(classifiers: list[ScoredClassifier]) -> str:
    """Whether the GRU beats character n-grams on the same words, judged pair by pair."""
    by_name = {classifier.name: classifier for classifier in classifiers}
    gru, pieces, letters = by_name["gru"], by_name["pieces"], by_name["letters"]
    pair = paired(gru.right.tolist(), pieces.right.tolist())
    scores = (
        f"Letter counts: {percent(letters.score.accuracy, 2)}, character n-grams: "
        f"{percent(pieces.score.accuracy, 2)}, GRU: {percent(gru.score.accuracy, 2)}. "
    )
    low, high = pair.ci95
    if low <= 0 <= high:
        verdict = (
            "**No clear difference between the GRU and n-grams**: "
            f"{points(pair.difference, signed=True)} (95% interval {points_interval(low, high)})."
        )
    elif pair.difference > 0:
        verdict = (
            f"**The GRU is better** than n-grams by {points(pair.difference)} (95% interval "
            f"{points_interval(low, high)})."
        )
    else:
        verdict = (
            f"**Character n-grams beat the GRU** by {points(-pair.difference)} (95% interval "
            f"{points_interval(-high, -low)}), and are fitted in {duration(pieces.seconds)}."
        )
    return scores + verdict


def _chart(classifiers: list[ScoredClassifier]) -> None:
    fig = intervals(
        [TITLES[classifier.name] for classifier in classifiers],
        Accuracies(
            [classifier.score.accuracy for classifier in classifiers],
            [classifier.score.ci95 for classifier in classifiers],
            [GUESSERS[classifier.name] for classifier in classifiers],
        ),
        chance=0.2,
    )
    chart(fig, "lang_compare_chart", still=True, alt=describe(classifiers))


def _table(classifiers: list[ScoredClassifier]) -> None:
    rows = [
        {
            "classifier": TITLES[classifier.name],
            "accuracy": float(f"{100 * classifier.score.accuracy:.2f}"),  # rounded as in the words
            "loss": classifier.score.loss,
            "trainable parameters": classifier.size,
            "seconds": classifier.seconds,
        }
        for classifier in classifiers
    ]
    number = st.column_config.NumberColumn
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key="lang_compare_table",
        column_config={
            "accuracy": number(format="%.2f%%"),
            "loss": number("loss (nats)", format="%.3f", help="Mean cross-entropy on the test words."),
            "trainable parameters": number(format="localized"),
            "seconds": number("seconds to fit", format="%.1f", help="On one thread; the GRU's from its own training."),
        },
    )


# Part of the comparison: the same letters in another order.


SOME = 1000  # test words that are scrambled


def anagram(classifiers: list[ScoredClassifier], config: WordsConfig) -> None:
    """One word and its scrambled letters under all models, then how many of the test words are moved."""
    st.subheader("Scrambled letters", anchor=False)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        text = st.text_input(
            "A word to scramble",
            "heerlijk",
            key="lang_scramble",
            bind="query-params",
            max_chars=40,
            help="Its letters are shuffled.",
        )
    with right:
        seed = st.number_input("Seed", 0, 9999, 1, key="lang_shuffle", help="Another seed, another order.")
    word = readable(text)[0]
    if len(set(word)) < 2:
        st.markdown("Type a word of at least two different letters of the alphabet.")
    else:
        other = scrambled(word, int(seed))
        st.dataframe(
            pd.DataFrame([_row(classifier, word, other) for classifier in classifiers]),
            hide_index=True,
            key="lang_scrambled",
        )
    shares = {
        classifier.name: _moved(classifier.name, config, int(seed), classifier.guess) for classifier in classifiers
    }
    st.markdown(
        f"**Predictions that change when the letters are scrambled**, of {SOME:,} test words. "
        + (
            "Letter counts ignore the order: none changes."
            if shares["letters"] == 0
            else f"Letter counts: {percent(shares['letters'])}."
        )
    )
    fig = intervals(
        [TITLES[classifier.name] for classifier in classifiers],
        Accuracies(
            list(shares.values()),
            [proportion(share, SOME).interval for share in shares.values()],
            [GUESSERS[classifier.name] for classifier in classifiers],
        ),
        chance=None,
        x_title="predictions that change",
    )
    chart(fig, "lang_moved", still=True)


def _row(classifier: ScoredClassifier, word: str, other: str) -> dict[str, str]:
    found = {"classifier": TITLES[classifier.name]}
    for text, row in zip((word, other), torch.from_numpy(classifier.guess([word, other])), strict=True):
        found[text] = f"{computed.NAMES[int(row.argmax())]}, {probability(float(row.max()))}"
    return found


@st.cache_data(max_entries=40, show_spinner="Scrambling words…")
def _moved(name: Name, config: WordsConfig, seed: int, _guess: Guess) -> float:
    """Share of some test words, the first of a fixed random order, whose prediction changes."""
    words = computed.words(config).test_words
    drawn = torch.randperm(len(words), generator=torch.Generator().manual_seed(0))[:SOME]
    return moved(_guess, [words[at] for at in drawn.tolist()], seed)


# Part of the comparison: the n-grams with the largest weights for each language.


SHOWN = 15


def heaviest(fitted: Counting) -> None:
    """The n-grams of largest weight for one language, chosen above them."""
    st.subheader("Strongest n-grams", anchor=False)
    language = st.segmented_control(
        "Language",
        computed.NAMES,
        default=computed.NAMES[0],
        required=True,
        key="lang_heaviest",
        bind="query-params",
        help="Language whose largest weights are shown.",
    )
    place = computed.NAMES.index(language)
    pieces = fitted.heaviest(place, SHOWN)
    names = [piece for piece, _ in pieces]
    fig = bars(
        [weight for _, weight in pieces], names, [COLORS[place]] * len(names), height=24 * SHOWN + 10, percent=False
    )
    chart(fig, "lang_heaviest_chart", still=True)
    st.caption(
        f"Weight: what one such n-gram adds to the logit of {language}. “{EDGE}” marks the beginning or end of a word. "
        f"{len(fitted.pieces):,} n-grams in all."
    )
