"""The words: which are kept, how they are divided, and what of a typed text a network can read."""

import unicodedata
from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.config.language import ALPHABET, LANGUAGES, MOST_LETTERS, WordsConfig
from core.data.splits import validation_places
from core.data.words import STEM, encode, load_words, readable, with_relatives, word_lists

DIVISIONS = [
    WordsConfig(division, per_language, seed)
    for division, per_language, seed in (("random", 4000, 0), ("stem", 4000, 0), ("stem", 700, 3))
]


def stems(words: tuple[str, ...], labels: torch.Tensor) -> set[tuple[int, str]]:
    return {(label, word[:STEM]) for word, label in zip(words, labels.tolist(), strict=True)}


def test_the_lists_hold_what_the_rules_say() -> None:
    lists = word_lists()
    assert tuple(lists) == tuple(LANGUAGES)
    for words in lists.values():
        assert len(words) == len(set(words)) >= 4000
        assert all(3 <= len(word) <= 12 for word in words)
        assert all(set(word) <= set(ALPHABET) for word in words)
    often = Counter(word for words in lists.values() for word in words)
    assert max(often.values()) == 1, "a word stands in two languages"
    assert set("".join("".join(words[:4000]) for words in lists.values())) == set(ALPHABET)


def test_the_most_frequent_words_are_taken() -> None:
    few = load_words(WordsConfig(per_language=100))
    for label, words in enumerate(word_lists().values()):
        ours = {
            word
            for side, labels in ((few.train_words, few.train.labels), (few.test_words, few.test.labels))
            for word, at in zip(side, labels.tolist(), strict=True)
            if at == label
        }
        assert ours == set(words[:100])


@pytest.mark.parametrize("config", DIVISIONS, ids=str)
def test_the_sides_are_disjoint_and_hold_everything(config: WordsConfig) -> None:
    words = load_words(config)
    train, test = set(words.train_words), set(words.test_words)
    assert not train & test
    assert len(train) + len(test) == 5 * config.per_language
    assert len(words.train) == len(words.train_words)
    assert len(words.test) == len(words.test_words)
    share = len(test) / (5 * config.per_language)
    assert 0.17 < share < 0.23
    assert torch.equal(words.test.inputs, encode(words.test_words))
    for label, kept in enumerate(word_lists().values()):
        ours = {w for w, at in zip(words.test_words, words.test.labels.tolist(), strict=True) if at == label}
        assert ours <= set(kept)


def test_no_relative_crosses_the_split_by_stem() -> None:
    for config in DIVISIONS[1:]:
        words = load_words(config)
        overlap = stems(words.train_words, words.train.labels) & stems(words.test_words, words.test.labels)
        assert not overlap
        assert not with_relatives(words).any()


@pytest.mark.parametrize("config", DIVISIONS[:2], ids=str)
def test_no_relative_crosses_into_validation_either(config: WordsConfig) -> None:
    words = load_words(config)
    kept, held_out = validation_places(words.train, 0.1, seed=5)
    assert sorted([*kept.tolist(), *held_out.tolist()]) == list(range(len(words.train)))
    assert 0.07 < len(held_out) / len(words.train) < 0.13
    sides = [
        stems(tuple(words.train_words[i] for i in side.tolist()), words.train.labels[side]) for side in (kept, held_out)
    ]
    assert not sides[0] & sides[1]


def test_relatives_are_counted_as_by_hand() -> None:
    words = load_words(WordsConfig(per_language=300))
    found = with_relatives(words)
    pairs = list(zip(words.train_words, words.train.labels.tolist(), strict=True))
    for word, label, says in zip(words.test_words, words.test.labels.tolist(), found.tolist(), strict=True):
        by_hand = any(at == label and len(word) >= 5 and near[:5] == word[:5] for near, at in pairs)
        assert says == by_hand
    assert found.any()


def test_the_seed_alone_decides_the_division() -> None:
    first = load_words(WordsConfig(words_seed=1, per_language=200))
    load_words.cache_clear()
    torch.manual_seed(99)
    again = load_words(WordsConfig(words_seed=1, per_language=200))
    other = load_words(WordsConfig(words_seed=2, per_language=200))
    assert first is not again
    assert first.test_words == again.test_words
    assert first.test_words != other.test_words


def test_capitals_and_accents_typed_apart() -> None:
    assert readable("  Żółw\n") == ("żółw", "")
    apart = unicodedata.normalize("NFD", "ŻÓŁĆ")
    assert readable(apart) == ("żółć", "")
    assert readable("naïve café 7") == ("naïvecafé", "  7")
    assert readable("") == readable(" \n\t") == ("", "")
    assert readable("日本語")[0] == ""
    assert readable("straße") == ("strae", "ß")
    assert torch.equal(encode(["CAFÉ"]), encode(["café"]))


def test_a_word_is_its_places() -> None:
    row = encode(["zażyć"])[0]
    assert [ALPHABET[place] for place in row[row >= 0]] == list("zażyć")
    assert (row[5:] == -1).all()
    assert encode([]).shape == (0, MOST_LETTERS)


def test_ten_thousand_characters() -> None:
    row = encode(["añ!" * 3334])[0]
    assert "".join(ALPHABET[place] for place in row) == "añ" * (MOST_LETTERS // 2)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_skipped(text: str) -> None:
    read, skipped = readable(text)
    assert set(read) <= set(ALPHABET)
    assert not set(skipped) & set(ALPHABET)
    assert readable(read) == (read, "")
    row = encode([text])[0]
    assert row.shape == (MOST_LETTERS,)
    assert "".join(ALPHABET[place] for place in row[row >= 0]) == read[:MOST_LETTERS]
