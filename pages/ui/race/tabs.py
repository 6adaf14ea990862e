"""The tabs of the Optimizer Race. Add a tab: a function that draws it, in a file of this folder, and a record here.

What a record holds, pages/ui/kit/shell/tab.py says.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pages.ui.kit.shell.tab import OpenTab, Tab


@contextmanager
def around(open_tab: OpenTab) -> Iterator[Tab]:
    """Race, search for learning rates and lanes are looked up on every tab, so that the address keeps them."""
    from pages.ui.kit.shell import state
    from pages.ui.race.lanes import LANES
    from pages.ui.race.rate_sweep import sweep_jobs
    from pages.ui.race.the_race import current_race

    current_race()
    sweep_jobs()
    state.recall(LANES)
    yield open_tab()


def _one_dimension() -> None:
    from pages.ui.race.one_dimension import one_dimension

    one_dimension()


def _two_dimensions() -> None:
    from pages.ui.race.two_dimensions import two_dimensions

    two_dimensions()


def _the_race() -> None:
    from pages.ui.race.the_race import the_race

    the_race()


def _for_an_image() -> None:
    from pages.ui.race.image_race import for_an_image

    for_an_image()


TABS = (
    Tab(
        name="One dimension",
        title="One dimension",
        question="What does the learning rate decide?",
        see="Raise the learning rate above 1 and press play: x diverges.",
        meaning="The learning rate scales every step: too small and gradient descent is slow, too large and it "
        "overshoots or diverges.",
        minutes=6,
        level="first",
        terms=("gradient descent", "gradient ascent", "learning rate", "convergence", "oscillation", "divergence"),
        show=_one_dimension,
    ),
    Tab(
        name="Two dimensions",
        title="Two dimensions",
        question="Which path does each optimizer take down the same loss landscape?",
        see="Press play; then click the map to start from another point.",
        meaning="Momentum accumulates past gradients and adaptive methods scale each coordinate by its own, so "
        "optimizers take different paths through the same landscape.",
        minutes=8,
        level="first",
        terms=(
            "optimizer",
            "momentum",
            "adaptive learning rate",
            "loss landscape",
            "contour line",
            "local minimum",
            "saddle point",
        ),
        show=_two_dimensions,
    ),
    Tab(
        name="The race",
        title="The race",
        question="Which optimizer lowers the loss fastest, by steps and by seconds?",
        see="Press *Start*; then tune the learning rates and race again.",
        meaning="Which optimizer is fastest depends on its learning rate: a comparison is fair only from the same "
        "initial weights, on the same batches, with every learning rate tuned.",
        minutes=15,
        level="first",
        terms=(
            "optimizer",
            "learning rate",
            "RMSprop",
            "Adam",
            "AdamW",
            "AdaGrad",
            "Nesterov momentum",
            "learning rate schedule",
        ),
        show=_the_race,
    ),
    Tab(
        name="For an image",
        title="Optimize an image",
        question="Which optimizer first makes a classifier predict the target class, by changing only the pixels?",
        see="Press *Start* and watch which optimizer reaches the target class first.",
        meaning="The optimizers that train weights can just as well change pixels until a frozen classifier "
        "predicts the target class.",
        minutes=8,
        level="deeper",
        terms=("target class", "pretrained network", "adaptive learning rate"),
        show=_for_an_image,
    ),
)
