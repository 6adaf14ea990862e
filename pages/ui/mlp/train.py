"""Train: the training part of the page for fully connected networks."""

from typing import Any

from core.config.run import ACTIVATIONS, FAMILIES, MLPConfig
from pages.ui.kit.training.training_page import TrainingPage
from pages.ui.kit.widgets.bound_widgets import Widgets


def network(widget: Widgets, values: dict[str, Any]) -> dict[str, Any]:
    """Draw the widgets and return the settings of the network they say. values: where they start."""
    changes: dict[str, Any] = {}
    changes["hidden"] = widget.hidden(
        "Hidden layers",
        0,
        6,
        values["hidden"],
        most=4096,
        usual=64,
        unit="Number of units.",
        help="Layers between input and output; with 0 the model is linear.",
    )
    changes["activation"] = widget.choice_box(
        "Activation",
        ACTIVATIONS,
        values["activation"],
        "activation",
        help="The nonlinear function between linear layers.",
    )
    changes["family"] = widget.choice_box(
        "Implementation",
        tuple(FAMILIES),
        values["family"],
        "family",
        help="The same mathematics and the same initialization, implemented in different ways.",
        format_func=lambda name: FAMILIES[name].title,
    )
    plain = not FAMILIES[changes["family"]].dropout
    dropout = widget.slider(
        "Dropout",
        0.0,
        0.9,
        values["dropout"],
        "dropout",
        step=0.05,
        disabled=plain,
        help="Share of hidden units set to 0 at each step. Only for networks built from torch.nn.",
    )
    changes["dropout"] = 0.0 if plain else dropout
    changes["normalize"] = widget.toggle(
        "Normalize the pixels", values["normalize"], "normalize", help="(x − mean) / std as the first layer."
    )
    return changes


PAGE = TrainingPage("mlp", MLPConfig, "mlp-autograd", network)

JOB = PAGE.key("run")  # the URL parameter and session key of this page's run
RECIPE = PAGE.key("recipe")
LOOK = PAGE.key("look")  # the network that the panels look at

start_run = PAGE.start_run
