"""The tabs of Manual Backprop. Add a tab: a function that draws it, in a file of this folder, and a record here.

What a record holds, pages/ui/kit/shell/tab.py says.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pages.ui.kit.shell.tab import OpenTab, Tab


@contextmanager
def around(open_tab: OpenTab) -> Iterator[Tab]:
    """The pair of runs is looked up on every tab, so that the address keeps naming it."""
    from pages.ui.backprop.train_it import current_pair

    current_pair()
    yield open_tab()


def _chain_rule() -> None:
    from pages.ui.backprop.chain_rule import chain_rule

    chain_rule()


def _long_product() -> None:
    from pages.ui.backprop.long_product import long_product_tab

    long_product_tab()


def _gradient_check() -> None:
    from pages.ui.backprop.gradient_check import checked

    checked()


def _plant_a_bug() -> None:
    from pages.ui.backprop.plant_a_bug import plant_a_bug

    plant_a_bug()


def _loop_or_matrices() -> None:
    from pages.ui.backprop.loop_or_matrices import loop_or_matrices

    loop_or_matrices()


def _train_it() -> None:
    from pages.ui.backprop.train_it import train_it

    train_it()


def _vanishing() -> None:
    from pages.ui.backprop.vanishing import vanishing

    vanishing()


TABS = (
    Tab(
        name="Chain rule",
        title="Chain rule",
        question="Which operations make up one training step, and where does each number come from?",
        see="Press **Next** to go through the step, and click a number of the result to see the sum it comes from.",
        meaning="Backpropagation is the chain rule applied from the loss backward: each layer multiplies the "
        "gradient that arrives by its own local derivative.",
        minutes=10,
        level="first",
        terms=("chain rule", "backpropagation", "error term", "cross-entropy"),
        show=_chain_rule,
    ),
    Tab(
        name="Long product",
        title="Product of Jacobians",
        question="How does the output error reach the first layer's weights, and how large is it there?",
        see="Multiply factor by factor and watch the RMS of the product.",
        meaning="The gradient at the first layer is a product with factors from every layer above it, so it can "
        "shrink or grow exponentially with depth.",
        minutes=8,
        level="deeper",
        terms=("chain rule", "error term", "vanishing gradient"),
        show=_long_product,
    ),
    Tab(
        name="Checked",
        title="Gradient check",
        question="Do the gradients by hand, by autograd and by finite differences agree?",
        see="Move one weight, and compare the slope of the loss with the gradient.",
        meaning="A gradient derived by hand can be trusted when it agrees with autograd up to rounding and with "
        "finite differences up to their approximation error.",
        minutes=6,
        level="first",
        terms=(
            "finite differences",
            "gradient check",
            "automatic differentiation",
            "floating-point precision",
            "gradient",
        ),
        show=_gradient_check,
    ),
    Tab(
        name="Plant a bug",
        title="Plant a bug",
        question="A wrong gradient seldom crashes, and often the network even learns: which check reveals the bug?",
        see="Choose a bug and see which check reveals it.",
        meaning="A wrong gradient can still lower the loss, so a falling curve proves nothing: a gradient must be "
        "checked against finite differences or autograd.",
        minutes=10,
        level="deeper",
        terms=("gradient check", "finite differences", "backpropagation"),
        show=_plant_a_bug,
    ),
    Tab(
        name="Loop or matrices",
        title="Vectorization",
        question="Why is backpropagation written with matrices instead of a loop over the images?",
        see="Increase the batch size and compare how the times of the three forms grow.",
        meaning="Vectorization computes the same gradient for a whole batch in a few matrix products, which "
        "hardware executes far faster than a loop over the images.",
        minutes=4,
        level="deeper",
        terms=("vectorization", "matrix product", "batch"),
        show=_loop_or_matrices,
    ),
    Tab(
        name="Train it",
        title="By hand vs. autograd",
        question="Does a network trained by hand learn the same as one trained with autograd?",
        see="Press *Train both* and look at the difference of the two losses.",
        meaning="Backpropagation by hand and autograd compute the same gradient, so with the same initial weights "
        "and batches both runs are equal up to rounding.",
        minutes=8,
        level="first",
        terms=("backpropagation", "automatic differentiation", "momentum"),
        show=_train_it,
    ),
    Tab(
        name="Vanishing gradients",
        title="Vanishing gradients",
        question="How large is the gradient at each layer of a deep network at initialization?",
        see="Add hidden layers and compare the gradient at the first layer for sigmoid, tanh and ReLU.",
        meaning="Saturating activation functions such as the sigmoid make the gradient vanish toward the first "
        "layers, while ReLU with a suitable weight initialization largely preserves it.",
        minutes=8,
        level="deeper",
        terms=(
            "vanishing gradient",
            "exploding gradient",
            "activation function",
            "weight initialization",
            "Xavier initialization",
            "He initialization",
        ),
        show=_vanishing,
    ),
)
