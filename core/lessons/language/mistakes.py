"""Where predictions of a language are correct and wrong: by language, by length, and by confidence."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.config.language import LANGUAGES
from core.data.words import LONGEST, SHORTEST, Words, with_relatives
from core.lessons.language.contest import Guess
from core.models.evaluation import Score


@dataclass(frozen=True)
class Mistake:
    """A misclassified test word. language, predicted: places in LANGUAGES."""

    word: str
    language: int
    predicted: int
    probability: float


def confusion(labels: Tensor, probabilities: Tensor) -> Tensor:
    """(5, 5) int64: entry [t, p] counts words of language t predicted as p."""
    size = len(LANGUAGES)
    return torch.bincount(labels * size + probabilities.argmax(1), minlength=size**2).view(size, size)


def per_language(labels: Tensor, probabilities: Tensor) -> list[Score]:
    """The score on the words of each language, in LANGUAGES' order.

    labels: (N,) places in LANGUAGES; probabilities: (N, 5).
    """
    return [_score(labels, probabilities, labels == place) for place in range(len(LANGUAGES))]


def per_length(words: Words, probabilities: Tensor) -> dict[int, Score]:
    """The score on the test words of each length, 3 to 12 letters; lengths without words are left out.

    probabilities: (N, 5) of the N test words, in their order.
    """
    lengths = (words.test.inputs >= 0).sum(1)
    return {
        length: _score(words.test.labels, probabilities, lengths == length)
        for length in range(SHORTEST, LONGEST + 1)
        if bool((lengths == length).any())
    }


def by_relatives(words: Words, probabilities: Tensor, longer_than: int = 0) -> tuple[Score, Score]:
    """The scores on test words (without, with) a training word of their language that begins alike.

    probabilities: (N, 5) of the test words. longer_than: only words of more letters; short words have no
    relatives, and are harder besides.
    """
    known = with_relatives(words)
    long = (words.test.inputs >= 0).sum(1) > longer_than
    labels = words.test.labels
    return _score(labels, probabilities, ~known & long), _score(labels, probabilities, known & long)


def most_confident_errors(words: Words, probabilities: Tensor, count: int = 24) -> list[Mistake]:
    """The misclassified words of the highest confidence, the highest first. probabilities: (N, 5) of the test words."""
    confidence, predicted = probabilities.max(1)
    labels = words.test.labels
    wrong = torch.nonzero(predicted != labels).flatten()
    order = wrong[confidence[wrong].argsort(descending=True, stable=True)][:count]
    return [
        Mistake(words.test_words[at], int(labels[at]), int(predicted[at]), float(confidence[at]))
        for at in order.tolist()
    ]


def _score(labels: Tensor, probabilities: Tensor, which: Tensor) -> Score:
    given = probabilities[which].gather(1, labels[which].unsqueeze(1)).clamp_min(1e-38)
    right = probabilities[which].argmax(1) == labels[which]
    loss = float(-given.log().mean()) if len(given) else float("nan")
    return Score(int(which.sum()), int(right.sum()), loss)


# The same letters in another order: whose prediction changes, and whose cannot?


def scrambled(word: str, seed: int) -> str:
    """The letters of `word` in another order, the same for the same seed; the word where there is none."""
    if len(set(word)) < 2:
        return word
    letters = list(word)
    dice = random.Random(f"{seed}/{word}")
    while "".join(letters) == word:
        dice.shuffle(letters)
    return "".join(letters)


def moved(guess: Guess, words: Sequence[str], seed: int) -> float:
    """Share of the words whose prediction is another once their letters are scrambled, in [0, 1]."""
    if not len(words):
        return 0.0
    before = guess(words).argmax(1)
    after = guess([scrambled(word, seed) for word in words]).argmax(1)
    return float(np.mean(before != after))
