"""Guessing languages without a network, beside one, and how the guesses err."""

import numpy as np
import pytest
import torch

from core.config.language import ALPHABET, LANGUAGES, WordsConfig
from core.data.words import load_words, with_relatives
from core.lessons.language.baselines import EDGE, Counting, fit
from core.lessons.language.contest import InTraining, cell_config, compare, counting
from core.lessons.language.mistakes import (
    by_relatives,
    confusion,
    most_confident_errors,
    moved,
    per_language,
    per_length,
    scrambled,
)
from core.recipes.texts import RECIPES

GRU = RECIPES["language-gru"].config

FEW = WordsConfig(per_language=400)


@pytest.fixture(scope="module")
def letters() -> Counting:
    return fit("letters", load_words(FEW))


@pytest.fixture(scope="module")
def pieces() -> Counting:
    return fit("pieces", load_words(FEW))


def test_anagrams_cannot_move_a_bag_of_characters(letters: Counting, pieces: Counting) -> None:
    words = load_words(FEW).test_words
    other = [scrambled(word, 4) for word in words]
    assert np.allclose(letters.probabilities(words), letters.probabilities(other), atol=1e-12)
    assert moved(letters.probabilities, words, 4) == 0
    assert moved(pieces.probabilities, words, 4) > 0.1


def test_scrambling_keeps_the_letters_and_changes_their_order() -> None:
    assert sorted(scrambled("heerlijk", 1)) == sorted("heerlijk")
    assert scrambled("heerlijk", 1) == scrambled("heerlijk", 1) != "heerlijk"
    assert scrambled("ab", 0) == "ba"
    assert scrambled("aaa", 0) == "aaa"
    assert scrambled("", 0) == ""
    assert moved(lambda words: np.zeros((len(words), 5)), [], 0) == 0


def test_pieces_are_those_of_the_marked_word(pieces: Counting) -> None:
    counts = pieces.vectorizer.transform([f"{EDGE}sí{EDGE}"])
    found = {pieces.pieces[at] for at in counts.indices}
    every = {EDGE, "s", "í", f"{EDGE}s", "sí", f"í{EDGE}", f"{EDGE}sí", f"sí{EDGE}"}
    assert found == every & set(pieces.pieces)
    assert {EDGE, "s", "í", f"{EDGE}s"} <= found


def test_an_answer_is_the_sum_of_its_pieces_weights(pieces: Counting) -> None:
    counts = pieces.vectorizer.transform([f"{EDGE}kissa{EDGE}"]).toarray()[0]
    logits = pieces.regression.coef_ @ counts + pieces.regression.intercept_
    by_hand = np.exp(logits) / np.exp(logits).sum()
    assert np.allclose(pieces.probabilities(["KISSA 1!"])[0], by_hand)
    heavy = pieces.heaviest(2, 5)
    assert [weight for _, weight in heavy] == sorted(pieces.regression.coef_[2], reverse=True)[:5]
    assert pieces.regression.coef_[2][pieces.pieces.index(heavy[0][0])] == heavy[0][1]
    assert np.allclose(pieces.regression.coef_.mean(0), 0, atol=1e-3)


def test_any_text_gets_probabilities(letters: Counting, pieces: Counting) -> None:
    for way in (letters, pieces):
        found = way.probabilities(["", "日本", "a" * 10_000, "Żółw"])
        assert np.allclose(found.sum(1), 1)
        assert way.probabilities([]).shape == (0, 5)
    assert letters.size == 5 * len(ALPHABET) + 5


def test_all_five_on_the_same_words() -> None:
    found = compare(GRU, FEW, epochs=1)
    assert [classifier.name for classifier in found] == ["letters", "pieces", "rnn", "gru", "lstm"]
    labels = load_words(FEW).test.labels
    for classifier in found:
        assert np.array_equal(classifier.labels, labels)
        assert np.allclose(classifier.answers.sum(1), 1)
        assert classifier.score.correct == int(classifier.right.sum())
        assert classifier.score.n == len(labels)
        assert 0 < classifier.score.loss < 5
        assert np.allclose(classifier.guess(load_words(FEW).test_words[:7]), classifier.answers[:7], atol=1e-5)
    letters, pieces = found[:2]
    assert pieces.score.accuracy > letters.score.accuracy > 0.4


def test_epoch_by_epoch_is_the_run_at_once() -> None:
    config = cell_config(GRU, "gru", WordsConfig(per_language=100), epochs=2).with_settings({"units": 12})
    slowly, at_once = InTraining(config), InTraining(config)
    seen: list[float] = []
    slowly.go_on(1, seen.append)
    last = slowly.go_on(2, seen.append)
    at_once.trainer.run()
    for name, weights in slowly.trainer.module.state_dict().items():
        assert torch.equal(weights, at_once.trainer.module.state_dict()[name])
    assert last == at_once.trainer.history.last("test_accuracy")
    assert slowly.go_on(2) == last
    assert slowly.classifier("gru").score.accuracy == pytest.approx(last)


def test_scores_by_language_and_length_add_up() -> None:
    words = load_words(FEW)
    classifier = counting("pieces", words)
    answers = torch.from_numpy(classifier.answers)
    labels = words.test.labels
    table = confusion(labels, answers)
    assert int(table.diagonal().sum()) == classifier.score.correct
    assert table.sum(1).tolist() == torch.bincount(labels, minlength=len(LANGUAGES)).tolist()
    for place, score in enumerate(per_language(labels, answers)):
        assert (score.n, score.correct) == (int(table[place].sum()), int(table[place, place]))
    lengths = per_length(words, answers)
    assert sum(score.n for score in lengths.values()) == len(words.test)
    assert sum(score.correct or 0 for score in lengths.values()) == classifier.score.correct
    three = [at for at, word in enumerate(words.test_words) if len(word) == 3]
    assert lengths[3].correct == int(classifier.right[three].sum())
    strangers, relatives = by_relatives(words, answers)
    assert relatives.n == int(with_relatives(words).sum())
    assert (strangers + relatives).correct == classifier.score.correct


def test_most_confident_errors_come_first() -> None:
    words = load_words(FEW)
    answers = torch.from_numpy(counting("letters", words).answers)
    found = most_confident_errors(words, answers, 10)
    assert len(found) == 10
    confidence = [entry.probability for entry in found]
    assert confidence == sorted(confidence, reverse=True)
    for entry in found:
        at = words.test_words.index(entry.word)
        assert int(words.test.labels[at]) == entry.language != entry.predicted == int(answers[at].argmax())
    wrong = answers.argmax(1) != words.test.labels
    assert confidence[0] == pytest.approx(float(answers[wrong].max()))
