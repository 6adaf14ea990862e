"""The tabs of Language ID. Add a tab: a function that draws it, in a file of this folder, and a record here.

What a record holds, pages/ui/kit/shell/tab.py says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pages.ui.kit.shell.tab import OpenTab, Tab

if TYPE_CHECKING:
    from core.models.trained_network import TrainedNetwork


@contextmanager
def around(open_tab: OpenTab) -> Iterator[Tab]:
    """Recipe, settings and start on the left: hidden, but kept, on the tabs that look at a network."""
    from pages.ui.language.train import PAGE

    with PAGE.around(open_tab) as opened:
        yield opened


def _network() -> "TrainedNetwork":
    from pages.ui.language.train import PAGE

    return PAGE.chosen_network()


def _type_a_word() -> None:
    from pages.ui.language.type_a_word import typed

    typed(_network())


def _train() -> None:
    from pages.ui.language.train import PAGE

    PAGE.show(PAGE.chosen())


def _results() -> None:
    from pages.ui.language.results import results

    results(_network())


def _compare() -> None:
    from pages.ui.language.compare import compare

    compare()


def _gru_steps() -> None:
    from pages.ui.language.gru_steps import how

    how(_network())


TABS = (
    Tab(
        name="Type a word",
        title="Type a word",
        question="After which letter does the network know the language of a word?",
        see="Drag the time step and find the letter at which the prediction changes.",
        meaning="A recurrent network processes a word character by character and updates its hidden state, so its "
        "prediction can change with every letter.",
        minutes=6,
        level="first",
        terms=("recurrent network", "time step", "hidden state"),
        show=_type_a_word,
    ),
    Tab(
        name="Train",
        title="Train",
        question="How does a recurrent network learn to tell five languages apart?",
        see="Press *Train one epoch* and compare training and test accuracy.",
        meaning="A recurrent network learns by backpropagation through all characters of a word, and the gap "
        "between training and test accuracy shows how far it overfits.",
        minutes=8,
        level="first",
        terms=(
            "recurrent network",
            "epoch",
            "training and test set",
            "one-cycle schedule",
            "AdamW",
            "weight decay",
            "regularization",
        ),
        show=_train,
    ),
    Tab(
        name="Results",
        title="Results",
        question="Which languages does the network confuse, and is the test fair?",
        see="Find the brightest cell off the diagonal, then compare shared with new stems under *Train–test leakage*.",
        meaning="Words with a shared stem in training and test set are train–test leakage: a fair test also "
        "measures accuracy on stems never trained on.",
        minutes=6,
        level="deeper",
        terms=("confusion matrix", "train–test leakage", "confidence"),
        show=_results,
    ),
    Tab(
        name="Compare",
        title="Compare",
        question="Does a recurrent network beat counting letters?",
        see="Compare the interval of the GRU with that of character n-grams.",
        meaning="Counting character n-grams is a strong baseline, and a recurrent network is worth its complexity "
        "only where it beats that by more than chance explains.",
        minutes=6,
        level="deeper",
        terms=("character n-grams", "logistic regression", "LSTM", "baseline", "GRU"),
        show=_compare,
    ),
    Tab(
        name="How a GRU works",
        title="How a GRU works",
        question="How does a GRU decide what to keep in its hidden state?",
        see="Drag the time step and see in the cell what the update gate keeps of the hidden state.",
        meaning="The update gate decides how much of the hidden state is kept and the reset gate how much of it "
        "enters the new candidate, so a GRU can carry information over many characters.",
        minutes=8,
        level="deeper",
        terms=("GRU", "gate", "update gate", "reset gate", "candidate state", "hidden state"),
        show=_gru_steps,
    ),
)
