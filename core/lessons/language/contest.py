"""Five ways to guess a language on the same words: two that count, three that read in order."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray

from core.config.errors import LabError
from core.config.language import WordsConfig
from core.config.run import RunConfig
from core.data.words import Words, load_words
from core.lessons.language.baselines import Baseline, Counting, fit
from core.models.evaluation import Score
from core.models.inspect.word_predictions import guesses
from core.models.recurrent import Recurrent
from core.training.run_data import run_data
from core.training.trainer import Diverged, Trainer

Name = Literal["letters", "pieces", "rnn", "gru", "lstm"]
NAMES: tuple[Name, ...] = get_args(Name)
TITLES: dict[Name, str] = {
    "letters": "Bag of characters",
    "pieces": "Character n-grams (1–3)",
    "rnn": "Plain RNN",
    "gru": "GRU",
    "lstm": "LSTM",
}
#: Rates of their own, where another than the recipe's did better on held-out training words: the plain RNN
#: got 78.5, 79.1, 80.3 and 73.0% of them right at 0.001, 0.003, 0.01 and 0.03 (the LSTM 90.5 and 91.0% at
#: the last two).
RATES: dict[Name, float] = {"rnn": 0.01}
Guess = Callable[[Sequence[str]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class ScoredClassifier:
    """One way, fitted, and how it did.

    guess: words → (N, 5) probabilities. answers: (T, 5) for the test words. size: numbers learned. seconds:
    what fitting took.
    """

    name: Name
    guess: Guess
    answers: NDArray[np.float64]
    labels: NDArray[np.int64]
    size: int
    seconds: float

    @property
    def right(self) -> NDArray[np.bool_]:
        """(T,) whether each test word was classified correctly."""
        found: NDArray[np.bool_] = self.answers.argmax(1) == self.labels
        return found

    @property
    def score(self) -> Score:
        """On the test words; the loss in nats."""
        given = self.answers[np.arange(len(self.labels)), self.labels].clip(1e-38)
        return Score(len(self.labels), int(self.right.sum()), float(-np.log(given).mean()))


def counting(name: Baseline, words: Words) -> ScoredClassifier:
    """Fit one of the two that count."""
    return counted(*fit_timed(name, words), words)


def fit_timed(name: Baseline, words: Words) -> tuple[Counting, float]:
    """A baseline, and the seconds that fitting it took."""
    started = time.perf_counter()
    fitted = fit(name, words)
    return fitted, time.perf_counter() - started


def counted(fitted: Counting, seconds: float, words: Words) -> ScoredClassifier:
    """A fitted baseline as an entrant."""
    return _entrant(fitted.kind, fitted.probabilities, words, fitted.size, seconds)


def reading(name: Name, model: Recurrent, words: Words, seconds: float) -> ScoredClassifier:
    """A trained network that reads in order, as an entrant."""
    size = sum(parameter.numel() for parameter in model.parameters())
    model = model.eval()
    return _entrant(name, lambda some: guesses(model, list(some)).double().numpy(), words, size, seconds)


def cell_config(
    own: RunConfig, name: Name, division: WordsConfig, *, epochs: int | None = None, seed: int = 0
) -> RunConfig:
    """`own`, the settings of the GRU, with another cell, its rate, and these words.

    All else, and so the batches, stays the same.
    """
    changes = {
        "cell": name,
        "division": division.division,
        "per_language": division.per_language,
        "words_seed": division.words_seed,
        "seed": seed,
        "precision": "fp32",
        "epochs": own.train.epochs if epochs is None else epochs,
        "lr": RATES.get(name, own.train.optimizer["lr"]),
    }
    return own.with_settings(changes)


class InTraining:
    """A network on its way, trained by the shared trainer, epoch after epoch when asked.

    For one thread at a time; `core.lessons.language.shared_runs` shares it.
    """

    def __init__(self, config: RunConfig) -> None:
        assert isinstance(config.data, WordsConfig)
        self.words = load_words(config.data)
        self.trainer = Trainer(config, run_data(self.words, config))
        self._steps = self.trainer.advance()

    def go_on(self, epoch: int, progress: Callable[[float], None] = lambda share: None) -> float:
        """Train to the end of that epoch; returns the test accuracy then. progress: share of this epoch.

        Raises LabError where the training ends before it: an epoch that never was has no accuracy.
        """
        while (accuracy := self._measured(epoch)) is None:
            try:
                ended = next(self._steps, self) is self
            except Diverged as error:
                raise LabError(str(error)) from error
            if ended and self._measured(epoch) is None:
                raise LabError(
                    f"The training broke off in epoch {self.trainer.epoch + 1}: epoch {epoch} was never reached."
                )
            if self.trainer.steps % 25 == 0:
                progress(self.trainer.position / self.trainer.n)
        return accuracy

    def _measured(self, epoch: int) -> float | None:
        """The test accuracy at the end of that epoch, once it is over."""
        if self.trainer.epoch < epoch:
            return None
        rows = (row for row in self.trainer.history.epochs if row["epoch"] == epoch)
        found = next(rows, {}).get("test_accuracy")
        return None if found is None else float(found)

    def classifier(self, name: Name) -> ScoredClassifier:
        """The network as it stands."""
        model = self.trainer.module
        assert isinstance(model, Recurrent)
        return reading(name, model, self.words, self.trainer.seconds)


def train_cell(config: RunConfig, name: Name) -> ScoredClassifier:
    """Train one network to its end."""
    run = InTraining(config)
    run.go_on(config.train.epochs)
    return run.classifier(name)


def compare(
    own: RunConfig, division: WordsConfig, *, names: Sequence[Name] = NAMES, epochs: int | None = None, seed: int = 0
) -> list[ScoredClassifier]:
    """All of `names` on the same division of the words, in that order.

    own: the settings of the GRU. epochs: of the networks.
    """
    words = load_words(division)
    return [
        counting(name, words)
        if name in ("letters", "pieces")
        else train_cell(cell_config(own, name, division, epochs=epochs, seed=seed), name)
        for name in names
    ]


def _entrant(name: Name, guess: Guess, words: Words, size: int, seconds: float) -> ScoredClassifier:
    with torch.no_grad():
        answers = guess(words.test_words)
    return ScoredClassifier(name, guess, answers, words.test.labels.numpy(), size, seconds)
