"""The tabs of the page on regression. Add a tab: a function that draws it, in a file of this folder, and a record here.

What a record holds, pages/ui/kit/shell/tab.py says.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pages.ui.kit.shell.tab import OpenTab, Tab


@contextmanager
def around(open_tab: OpenTab) -> Iterator[Tab]:
    """Recipe, settings and start on the left: hidden, but kept, on the tabs that do not train."""
    from pages.ui.regression.train import PAGE

    with PAGE.around(open_tab) as opened:
        yield opened


def _train() -> None:
    from pages.ui.regression.train import PAGE

    PAGE.show(PAGE.chosen())


def _hidden_unit_sum() -> None:
    from pages.ui.regression.hidden_unit_sum import show_hidden_units
    from pages.ui.regression.train import LOOK, PAGE

    show_hidden_units(PAGE.current_job(), LOOK)


def _overfitting() -> None:
    from pages.ui.regression.overfitting import underfitting_and_overfitting

    underfitting_and_overfitting()


TABS = (
    Tab(
        name="Train",
        title="Train",
        question="How does a network learn a curve from points?",
        see="Press *Train* and watch the network's curve approach the points.",
        meaning="A network fits a curve by gradient descent on the mean squared error between its output and the "
        "points.",
        minutes=8,
        level="first",
        terms=("regression", "mean squared error", "residual", "noise", "validation split"),
        show=_train,
    ),
    Tab(
        name="How bends add up",
        title="Sum of hidden units",
        question="How do hidden units add up to a curve?",
        see="Drag *Units added up* from 0 and watch each unit add its breakpoint.",
        meaning="The output is a weighted sum of the hidden units, each ReLU unit adding one breakpoint, so more "
        "units can follow a more complicated curve.",
        minutes=6,
        level="first",
        terms=("hidden unit", "activation function", "tanh", "ReLU", "ReLU breakpoint"),
        show=_hidden_unit_sum,
    ),
    Tab(
        name="Too simple, too wiggly",
        title="Underfitting and overfitting",
        question="How many hidden units are too few, how many too many, and when should training stop?",
        see="Raise the hidden units until the curve follows the noise.",
        meaning="Too few units underfit, too many can fit the noise, and it is the validation loss, not the "
        "training loss, that tells when to stop.",
        minutes=10,
        level="deeper",
        terms=(
            "underfitting",
            "overfitting",
            "model capacity",
            "training loss",
            "early stopping",
            "checkpoint",
            "validation split",
        ),
        show=_overfitting,
    ),
)
