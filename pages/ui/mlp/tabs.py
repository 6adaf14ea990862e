"""The tabs of MLP & Autograd. Add a tab: a function that draws it, in a file of this folder, and a record here.

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
    """Recipe, settings and start on the left: hidden, but kept, where nothing follows them."""
    from pages.ui.mlp.train import PAGE

    with PAGE.around(open_tab, controls_on=("Train", "Formulas")) as opened:
        yield opened


def _network() -> "TrainedNetwork":
    from pages.ui.mlp.train import PAGE

    return PAGE.chosen_network()


def _autograd() -> None:
    from pages.ui.mlp.autograd_demo import autograd_demo

    autograd_demo()


def _formulas() -> None:
    from pages.ui.mlp.formulas import formulas
    from pages.ui.mlp.train import PAGE

    config = PAGE.chosen().config
    formulas(config.mlp, config.train.batch_size, config.train)


def _train() -> None:
    from pages.ui.mlp.questions import questions
    from pages.ui.mlp.train import PAGE

    chosen = PAGE.chosen()
    questions(chosen.job)
    PAGE.show(chosen)


def _results() -> None:
    from pages.ui.kit.shell.cache import mnist
    from pages.ui.mlp.results import RUNS, choose_part, results
    from pages.ui.mlp.run_record import record

    part = choose_part()
    if part == RUNS:
        record()
    else:
        results(_network(), mnist(), part)


def _draw() -> None:
    from pages.ui.mlp.draw import draw

    draw(_network())


def _inside() -> None:
    from pages.ui.kit.shell.cache import mnist
    from pages.ui.mlp.inside import inside

    inside(_network(), mnist())


def _edit() -> None:
    from pages.ui.kit.shell.cache import mnist
    from pages.ui.mlp.weight_editing import edit

    edit(_network(), mnist())


def _one_gradient_step() -> None:
    from pages.ui.kit.shell.cache import mnist
    from pages.ui.mlp.one_gradient_step import one_gradient_step

    one_gradient_step(_network(), mnist())


TABS = (
    Tab(
        name="Autograd",
        title="Autograd",
        question="How much does the loss change when one of the numbers changes a little?",
        see="Change a number and follow the values down the graph and the gradients back up.",
        meaning="Automatic differentiation records every operation in a computation graph and applies the chain "
        "rule backward, so that one pass gives the derivative with respect to every input.",
        minutes=5,
        level="first",
        terms=("partial derivative", "gradient", "computation graph", "automatic differentiation"),
        show=_autograd,
    ),
    Tab(
        name="Formulas",
        title="Formulas",
        question="Which formulas make up one training step, and which shapes do their tensors have?",
        see="Change the batch size, or the hidden layers under *Network*, and watch the shapes follow.",
        meaning="One training step is a forward pass, a loss, a backward pass and an update, and the shapes of the "
        "weight matrices fix the number of trainable parameters.",
        minutes=6,
        level="first",
        terms=(
            "forward pass",
            "pre-activation",
            "bias",
            "sigmoid",
            "logits",
            "softmax",
            "cross-entropy",
            "trainable parameters",
        ),
        show=_formulas,
    ),
    Tab(
        name="Train",
        title="Train",
        question="How do loss and accuracy change while a network learns?",
        see="Press *Train* and watch the training loss fall below that of chance level, ln 10 ≈ 2.3.",
        meaning="Training repeats small steps against the gradient of the loss, and accuracy on images not trained "
        "on tells whether the network generalizes.",
        minutes=10,
        level="first",
        terms=(
            "loss",
            "epoch",
            "batch",
            "learning rate",
            "hyperparameter",
            "stochastic gradient descent",
            "learning curve",
            "chance level",
        ),
        show=_train,
    ),
    Tab(
        name="Results",
        title="Results",
        question="Which digits does the network classify correctly, and which does it confuse?",
        see="Click a bright cell of the confusion matrix to see its images, or compare the accuracy of *All runs*.",
        meaning="One accuracy hides the kinds of error: the confusion matrix shows which classes are confused, and "
        "the confidence interval how exactly the accuracy is known.",
        minutes=6,
        level="first",
        terms=("accuracy", "prediction", "confusion matrix", "misclassification", "confidence interval", "confidence"),
        show=_results,
        joined={"Record": {"mlp_results": "All runs"}},
    ),
    Tab(
        name="Draw",
        title="Draw",
        question="What does the network see in your drawing, and which units respond?",
        see="Draw a digit and find the hidden units with the largest contribution to the predicted class.",
        meaning="A prediction is the softmax of weighted sums of hidden activations, so it can be traced back to "
        "the units that contributed most.",
        minutes=5,
        level="first",
        terms=("hidden layer", "hidden unit", "activation", "softmax", "prediction"),
        show=_draw,
    ),
    Tab(
        name="Inside",
        title="Inside",
        question="What has training changed in the weights?",
        see="Compare the weights of a unit before and after training.",
        meaning="Training gives random weights structure: the weights of a hidden unit become a template for "
        "strokes at certain places, and a saturated unit passes almost no gradient on.",
        minutes=8,
        level="deeper",
        terms=("weight", "weight initialization", "Xavier initialization", "saturation", "dead ReLU"),
        show=_inside,
    ),
    Tab(
        name="Edit",
        title="Edit",
        question="How much does the network need each of its weights and units?",
        see="Move the weight: hardly a prediction changes. Then ablate ten units at random, again and again.",
        meaning="What a network has learned is distributed over many weights, so it usually survives the ablation "
        "of single units and fails only when many are gone.",
        minutes=6,
        level="deeper",
        terms=("ablation", "pruning", "weight", "hidden unit"),
        show=_edit,
    ),
    Tab(
        name="One step",
        title="One gradient step",
        question="What does one step of training do to one weight, and what does that do to the loss?",
        see="Raise the learning rate until the step overshoots and the loss goes up.",
        meaning="The gradient describes the loss only nearby: a small step against it lowers the loss, while too "
        "large a step overshoots and can raise it.",
        minutes=6,
        level="deeper",
        terms=("gradient descent", "gradient step", "gradient", "learning rate", "reduction", "nat"),
        show=_one_gradient_step,
    ),
)
