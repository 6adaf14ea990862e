"""What decides the guessing of languages: the words, how they are divided, and the network."""

from dataclasses import dataclass

from core.config.choices import CELLS, WORD_SPLITS, Cell, WordSplit
from core.config.validation import is_number, one_of, require, whole

LANGUAGES: dict[str, str] = {"en": "English", "es": "Spanish", "fi": "Finnish", "nl": "Dutch", "pl": "Polish"}
#: Every character of the word lists, in this order; a network trained on them keeps it for good.
ALPHABET = "abcdefghijklmnopqrstuvwxyzáäèéëíïñóöúüąćęłńśźż"
MOST_LETTERS = 40  # of a typed word; the words of the lists have 3 to 12


@dataclass(frozen=True)
class WordsConfig:
    """Words of five languages, a part of them kept for the test.

    division: "random" keeps a fifth of the words; "stem" keeps words whose first five letters no training
    word of their language shares. per_language: the most frequent so many words of each, 100…4,000.
    words_seed: draws the division.
    """

    division: WordSplit = "random"
    per_language: int = 4000
    words_seed: int = 0

    def __post_init__(self) -> None:
        one_of(self.division, WORD_SPLITS, "The division of the words")
        whole(self.per_language, 100, 4000, "Words of each language")
        whole(self.words_seed, 0, 2**31 - 1, "The seed of the words")


@dataclass(frozen=True)
class RecurrentConfig:
    """A network that reads a word character by character: one-hot characters → cell → linear → 5.

    cell: "gru" (Cho et al. 2014), "lstm" (Hochreiter & Schmidhuber 1997) or "rnn" (Elman 1990, tanh).
    units: of its hidden state, 1…512. dropout: share of the last state silenced while training, in [0, 0.9].
    """

    cell: Cell = "gru"
    units: int = 128
    dropout: float = 0.0

    def __post_init__(self) -> None:
        one_of(self.cell, CELLS, "The cell")
        whole(self.units, 1, 512, "Units of the hidden state")
        require(
            is_number(self.dropout) and 0 <= self.dropout <= 0.9,
            f"Dropout must lie between 0 and 0.9; it is {self.dropout!r}.",
        )

    @property
    def family(self) -> str:
        """It is written in one way only."""
        return "recurrent"
