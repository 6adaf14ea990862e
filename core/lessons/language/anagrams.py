"""The same letters in another order: who is moved by that, and who cannot be?"""

import random
from collections.abc import Sequence

import numpy as np

from core.lessons.language.contest import Guess


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
    """Share of the words whose answer is another once their letters are scrambled, in [0, 1]."""
    if not len(words):
        return 0.0
    before = guess(words).argmax(1)
    after = guess([scrambled(word, seed) for word in words]).argmax(1)
    return float(np.mean(before != after))
