"""The tabs of the Runs page. Add a tab: a function that draws it, in a file of this folder, and a record here.

What a record holds, pages/ui/kit/shell/tab.py says.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pages.ui.kit.shell.tab import OpenTab, Tab

_FILTERED = ("All runs", "Settings and accuracy")


@contextmanager
def around(open_tab: OpenTab) -> Iterator[Tab]:
    """Above the tab bar what is going on, below it the filters, where the tab lists runs."""
    from pages.ui.kit.shell import going_on, state
    from pages.ui.runs import chosen, filters
    from pages.ui.runs.cached_runs import all_known

    going_on.at_length()
    state.recall(chosen.CHOSEN)  # on every tab, so that the address keeps naming them
    opened = open_tab()
    filters.choose()
    if opened.name not in _FILTERED or not all_known():
        filters.hide()
    yield opened


def _all_runs() -> None:
    from pages.ui.runs.all_runs import all_runs

    all_runs()


def _compare() -> None:
    from pages.ui.runs.compare import compare

    compare()


def _two_networks() -> None:
    from pages.ui.runs.two_networks import two_networks

    two_networks()


def _by_settings() -> None:
    from pages.ui.runs.by_settings import by_settings

    by_settings()


def _sweep() -> None:
    from pages.ui.runs.sweep import sweep

    sweep()


def _reproduced() -> None:
    from pages.ui.runs.reproduced import reproduced

    reproduced()


TABS = (
    Tab(
        name="All runs",
        title="All runs",
        question="What has been trained here, and with which result?",
        see="Select two runs that differ in one setting, then compare them.",
        meaning="Every run is saved with its settings and its seed, so that a result can be traced to what produced "
        "it and repeated.",
        minutes=3,
        level="reference",
        terms=("hyperparameter", "accuracy"),
        show=_all_runs,
    ),
    Tab(
        name="Compare",
        title="Compare",
        question="Which settings differ between these runs, and what effect did they have?",
        see="Compare the learning curves of two runs and find where they separate.",
        meaning="Two runs that differ in a single setting show the effect of that setting; where several differ, "
        "the cause stays open.",
        minutes=5,
        level="deeper",
        terms=("loss", "learning curve", "exponential moving average", "confidence interval"),
        show=_compare,
    ),
    Tab(
        name="Two networks",
        title="Two networks",
        question="Is one of two networks the better one, or is the difference due to chance?",
        see="Look at the images that one of them classifies correctly and the other does not.",
        meaning="Networks are best compared on the same images: a paired test uses those on which they disagree, "
        "and detects differences that two separate intervals miss.",
        minutes=5,
        level="deeper",
        terms=("paired test", "McNemar's test", "p-value", "confidence interval"),
        show=_two_networks,
    ),
    Tab(
        name="Settings and accuracy",
        title="Settings and accuracy",
        question="Which settings go with a better result?",
        see="Choose another setting for the x-axis and look for a trend.",
        meaning="A trend across runs is a correlation: another setting that varies along with the one on the axis "
        "may be its cause.",
        minutes=5,
        level="deeper",
        terms=("hyperparameter", "parallel coordinates plot", "learning rate"),
        show=_by_settings,
    ),
    Tab(
        name="Sweep",
        title="Sweep",
        question="Which combination of hyperparameters works best?",
        see="Vary the learning rate over several powers of ten and look for the peak.",
        meaning="Grid search trains with every combination of values and chooses by the validation split, so that "
        "the test set stays unseen until the end.",
        minutes=10,
        level="deeper",
        terms=("hyperparameter", "grid search", "validation split"),
        show=_sweep,
    ),
    Tab(
        name="Reproduced",
        title="Reproduced",
        question="Do the claimed results hold when they are measured again?",
        see="Compare each diamond, the claim, with the dot, the measurement.",
        meaning="A claim is reproduced when a new measurement agrees with it within its uncertainty, and settings "
        "that a source leaves open can decide whether it does.",
        minutes=5,
        level="reference",
        terms=("reproducibility", "random seed", "confidence interval"),
        show=_reproduced,
    ),
)
