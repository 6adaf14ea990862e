"""What a recurrent network thinks of a word: after every character, and with one letter changed."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.config.language import ALPHABET, MOST_LETTERS
from core.data.words import encode
from core.models.recurrent import Recurrent

AT_ONCE = 400  # words a forward pass takes


@dataclass(frozen=True)
class WordPrediction:
    """A word of L letters read character by character.

    characters: (L,) int64 places in ALPHABET. states: (L, units) hidden state after each. probabilities:
    (L, 5) what the network would answer if the word ended there.
    """

    characters: Tensor
    states: Tensor
    probabilities: Tensor

    @property
    def word(self) -> str:
        """The letters that were read."""
        return "".join(ALPHABET[place] for place in self.characters.tolist())


def predict_word(model: Recurrent, word: str) -> WordPrediction:
    """Read a word; characters that are not in ALPHABET are skipped, and so is what follows MOST_LETTERS."""
    row = encode([word])[0]
    characters = row[row >= 0]
    with torch.no_grad():
        if not len(characters):
            return WordPrediction(characters, torch.empty(0, model.out.in_features), torch.empty(0, 5))
        states = model.states(characters[None])[0]
        return WordPrediction(characters, states, model.out(states).softmax(dim=1))


def guesses(model: Recurrent, words: list[str] | tuple[str, ...]) -> Tensor:
    """(N, 5) probabilities for words. An empty one gets the answer of a network that has read nothing."""
    rows = encode(words)
    with torch.no_grad():
        parts = [model(part).softmax(dim=1) for part in torch.split(rows, AT_ONCE)] if len(rows) else []
    return torch.cat(parts) if parts else torch.empty(0, 5)


def one_letter_changed(model: Recurrent, word: str) -> Tensor:
    """(L, 46, 5) probabilities with the letter at each place replaced by each letter of ALPHABET.

    Where the new letter is the old one, the word is as it was.
    """
    row = encode([word])[0]
    length = int((row >= 0).sum())
    rows = row.repeat(length, len(ALPHABET), 1)
    for place in range(length):
        rows[place, :, place] = torch.arange(len(ALPHABET))
    if not length:
        return torch.empty(0, len(ALPHABET), 5)
    with torch.no_grad():
        flat = rows.view(-1, MOST_LETTERS)
        out = torch.cat([model(part).softmax(dim=1) for part in torch.split(flat, AT_ONCE)])
    return out.view(length, len(ALPHABET), 5)


@dataclass(frozen=True)
class Change:
    """One letter changed: the word then, where, the language called then and its probability."""

    word: str
    place: int
    letter: str
    language: int
    probability: float


def turning_changes(word: str, changed: Tensor, answer: int, count: int = 8) -> list[Change]:
    """The changes of one letter after which the network is surest of another language than `answer`.

    word: as it was read, L letters. changed: (L, 46, 5) of `one_letter_changed`. Surest first.
    """
    if not word:
        return []
    confidence, predicted = changed.max(dim=2)
    other = torch.where(predicted != answer, confidence, torch.zeros_like(confidence)).flatten()
    found = []
    for spot in other.argsort(descending=True, stable=True)[:count].tolist():
        place, letter = divmod(spot, len(ALPHABET))
        if float(other[spot]) == 0:
            break
        new = word[:place] + ALPHABET[letter] + word[place + 1 :]
        found.append(Change(new, place, ALPHABET[letter], int(predicted[place, letter]), float(other[spot])))
    return found
