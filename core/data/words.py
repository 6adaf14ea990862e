"""Words of five languages from the `wordfreq` package, divided so that a score means something.

Kept are words of 3 to 12 letters of their language's alphabet, in order of frequency (Speer 2022, wordfreq),
without those that stand in two of the languages' lists: nobody could tell them apart.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from core.config.language import ALPHABET, LANGUAGES, MOST_LETTERS, WordsConfig
from core.data.examples import Samples

SHORTEST, LONGEST = 3, 12  # letters
READ = 20_000  # words of each list that are looked at
TEST_SHARE = 0.2
STEM = 5  # letters that a test word may not share with a training word of its language
_PLACES = {character: place for place, character in enumerate(ALPHABET)}


@dataclass(frozen=True, eq=False)
class Words:
    """Words to train on and to test with; see `Material`.

    train_words, test_words: the words themselves, in the samples' order. Labels are places in LANGUAGES.
    """

    train: Samples
    test: Samples
    train_words: tuple[str, ...]
    test_words: tuple[str, ...]
    size: str = "words"


def readable(text: str) -> tuple[str, str]:
    """(what a network reads of `text`, what it skips), both in the order they stand there.

    White space around the text is no part of it; capitals become small, and an accent typed as a sign of its
    own joins its letter (Unicode's NFC). Skipped is what is not in ALPHABET: no network here ever saw it.
    """
    letters = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.strip()).lower())
    read = "".join(letter for letter in letters if letter in _PLACES)
    return read, "".join(letter for letter in letters if letter not in _PLACES)


def encode(words: Sequence[str]) -> Tensor:
    """(N, MOST_LETTERS) int64: each word's readable characters as places in ALPHABET, −1 after its end.

    What a word has beyond MOST_LETTERS readable characters is left out.
    """
    rows = []
    for word in words:
        places = [_PLACES[character] for character in readable(word)[0][:MOST_LETTERS]]
        rows.append(places + [-1] * (MOST_LETTERS - len(places)))
    return torch.tensor(rows, dtype=torch.int64).view(len(words), MOST_LETTERS)


@lru_cache(maxsize=1)
def word_lists() -> dict[str, tuple[str, ...]]:
    """Every kept word of each language, the most frequent first."""
    lists = {code: [word for word in _most_frequent(code) if _kept(word)] for code in LANGUAGES}
    seen: dict[str, int] = {}
    for words in lists.values():
        for word in set(words):
            seen[word] = seen.get(word, 0) + 1
    return {code: tuple(word for word in words if seen[word] == 1) for code, words in lists.items()}


def _most_frequent(code: str) -> list[str]:
    """The first READ words of a language; the package's own copies of its whole lists, 140 MB, are let go."""
    import wordfreq

    words = wordfreq.top_n_list(code, READ)
    wordfreq.get_frequency_list.cache_clear()
    wordfreq.top_n_list.cache_clear()
    return words


def _kept(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and word.isalpha() and all(letter in _PLACES for letter in word)


@lru_cache(maxsize=4)
def load_words(config: WordsConfig) -> Words:
    """The words of a config, the same for everybody who asks: treat them as read-only."""
    sides: tuple[list[str], list[str]] = ([], [])
    labels: tuple[list[int], list[int]] = ([], [])
    for label, words in enumerate(word_lists().values()):
        chosen = words[: config.per_language]
        for place, is_test in enumerate(_test(chosen, config).tolist()):
            sides[is_test].append(chosen[place])
            labels[is_test].append(label)
    mixed = [
        _mixed(words, names, config.words_seed) for words, names in zip(sides, labels, strict=True)
    ]  # a sample of the first so many is then one of all languages
    train, test = (_samples(*side) for side in mixed)
    return Words(train, test, tuple(mixed[0][0]), tuple(mixed[1][0]))


def _mixed(words: list[str], labels: list[int], seed: int) -> tuple[list[str], list[int]]:
    """Words and their labels in one random order, given by the seed."""
    order = torch.randperm(len(words), generator=torch.Generator().manual_seed(seed)).tolist()
    return [words[at] for at in order], [labels[at] for at in order]


def with_relatives(words: Words) -> Tensor:
    """(N,) Boolean for each test word: does a training word of its language begin with the same five letters?

    Such a word is half known already: on these a score says little about words that are new.
    """
    known = {
        (label, word[:STEM])
        for word, label in zip(words.train_words, words.train.labels.tolist(), strict=True)
        if len(word) >= STEM
    }
    labels = words.test.labels.tolist()
    return torch.tensor([(label, word[:STEM]) in known for word, label in zip(words.test_words, labels, strict=True)])


def _test(words: tuple[str, ...], config: WordsConfig) -> Tensor:
    """(N,) whether each word of one language is kept for the test."""
    generator = torch.Generator().manual_seed(config.words_seed)
    units = _stems(words) if config.division == "stem" else torch.arange(len(words))
    drawn = torch.randperm(int(units.max()) + 1, generator=generator)
    kept = drawn[: round(TEST_SHARE * len(drawn))]
    return torch.isin(units, kept).to(torch.int64)


def _stems(words: tuple[str, ...]) -> Tensor:
    """(N,) a number for each word's first five letters; a shorter word is its own stem."""
    numbers: dict[str, int] = {}
    return torch.tensor([numbers.setdefault(word[:STEM], len(numbers)) for word in words])


def _samples(words: list[str], labels: list[int]) -> Samples:
    """groups: words of one language that begin alike stay together where some are held out to validate."""
    stems = _stems(tuple(f"{label}{word}"[: STEM + 1] for word, label in zip(words, labels, strict=True)))
    return Samples(encode(words), torch.tensor(labels, dtype=torch.int64), stems)
