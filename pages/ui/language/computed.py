"""What the language page computes from a network or from the words, kept so that it is computed once.

Everything here is shared by all sessions and read-only.
"""

import streamlit as st
from torch import Tensor

from core.config.language import LANGUAGES, WordsConfig
from core.data.words import Words, load_words, with_relatives
from core.lessons.language.baselines import Baseline, Counting
from core.lessons.language.contest import ScoredClassifier, counted, fit_timed
from core.lessons.language.gates import Gates, Pre, gates
from core.models.evaluation import predict
from core.models.inspect.word_predictions import WordPrediction, one_letter_changed, predict_word
from core.models.recurrent import Recurrent
from core.models.threads import one_thread
from core.models.trained_network import TrainedNetwork

NAMES = tuple(LANGUAGES.values())


@st.cache_resource(max_entries=4, show_spinner="Reading the word lists…")
def words(config: WordsConfig) -> Words:
    """The words of a division."""
    return load_words(config)


def words_of(trained: TrainedNetwork) -> Words:
    """The words that a network was trained on, and those it is tested with."""
    assert isinstance(trained.config.data, WordsConfig)
    return words(trained.config.data)


def network(trained: TrainedNetwork) -> Recurrent:
    """The network itself."""
    assert isinstance(trained.model, Recurrent)
    return trained.model


def probabilities(trained: TrainedNetwork) -> Tensor:
    """(T, 5) for the test words of the network's own division."""
    return _probabilities(trained.key, network(trained), words_of(trained))


def reading(trained: TrainedNetwork, word: str) -> WordPrediction:
    """A word character by character."""
    return predict_word(network(trained), word)


def changed(trained: TrainedNetwork, word: str) -> Tensor:
    """(L, 46, 5): every letter of the word replaced by every other."""
    return _changed(trained.key, word, network(trained))


def inside(trained: TrainedNetwork, found: WordPrediction) -> tuple[Gates, tuple[Pre, Pre, Pre]]:
    """The gates of a GRU at every character, and the sums behind them."""
    return gates(network(trained), found.characters)


def finite(trained: TrainedNetwork) -> bool:
    """Whether the weights are numbers: a network whose training diverged has none."""
    return _finite(trained.key, network(trained))


@st.cache_data(max_entries=20, show_spinner=False)
def relatives(config: WordsConfig, longer_than: int) -> tuple[int, int]:
    """(test words with a training word that begins alike, all) among those of more letters than that."""
    found = words(config)
    long = (found.test.inputs >= 0).sum(1) > longer_than
    return int((with_relatives(found) & long).sum()), int(long.sum())


@st.cache_resource(max_entries=4, show_spinner="Counting character n-grams…")
def baseline(name: Baseline, config: WordsConfig) -> tuple[Counting, ScoredClassifier]:
    """One of the two that count, fitted, and how it did."""
    with one_thread():
        fitted, seconds = fit_timed(name, words(config))
        return fitted, counted(fitted, seconds, words(config))


@st.cache_resource(max_entries=8, show_spinner="Classifying the test words…")
def _probabilities(key: str, _model: Recurrent, _words: Words) -> Tensor:
    return predict(_model, _words.test.inputs)


@st.cache_resource(max_entries=64, show_spinner=False)
def _changed(key: str, word: str, _model: Recurrent) -> Tensor:
    return one_letter_changed(_model, word)


@st.cache_resource(max_entries=64, show_spinner=False)
def _finite(key: str, _model: Recurrent) -> bool:
    return all(bool(tensor.isfinite().all()) for tensor in _model.state_dict().values())
