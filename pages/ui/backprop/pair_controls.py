"""The settings that a run by hand and its autograd twin share."""

from typing import Any

from core.config.run import RunConfig
from core.recipes.texts import RECIPES
from pages.ui.kit.training.controls import BATCHES, RATES
from pages.ui.kit.widgets.bound_widgets import Live, Widgets

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky-relu", "gelu")
LOCKED = Live((), lambda name, value: None)  # nothing may change while a pair runs


def key(setting: str) -> str:
    """The key, and so the URL parameter, of one setting's widget."""
    return f"manual_{setting}"


def pair_controls(running: bool) -> RunConfig:
    """Draw the controls and return the run they say; all are locked while a pair is `running`."""
    default = RECIPES["mlp-manual"].config
    values = default.settings()
    widget = Widgets(key, LOCKED if running else None)
    changes: dict[str, Any] = {}
    changes["lr"] = widget.choice(
        "Learning rate",
        RATES,
        float(values["lr"]),
        "lr",
        format_func=lambda v: f"{v:g}",
        help="How far each step goes along the downhill direction. Too small crawls, too large diverges.",
    )
    changes["momentum"] = widget.slider(
        "Momentum",
        0.0,
        0.99,
        float(values["momentum"]),
        "momentum",
        step=0.01,
        help="How much of the previous step is kept: γ in v := γv + η ∂L/∂W. 0 is plain gradient descent.",
    )
    changes["batch_size"] = widget.choice(
        "Batch size (images a step)",
        BATCHES,
        values["batch_size"],
        "batch_size",
        format_func=lambda v: f"{v:,}",
        help="Images that share one update. Small batches make many noisy steps, large ones few calm ones.",
    )
    changes["epochs"] = widget.epochs(40, values["epochs"], "How often every training image is seen.")
    changes["activation"] = widget.choice_box(
        "Activation", ACTIVATIONS, values["activation"], "activation", help="The bend between linear maps."
    )
    depth = widget.slider("Hidden layers", 0, 6, 1, "depth", help="Layers between pixels and answer; 0 is linear.")
    units = widget.number("Units per hidden layer", 1, 1024, 100, "units", help="All hidden layers are equally wide.")
    changes["hidden"] = (units,) * depth
    changes["seed"] = widget.number(
        "Seed", 0, 2**31 - 1, values["seed"], "seed", help="Same seed, same start, same batches, same curve."
    )
    return default.with_settings(changes)


def told(config: RunConfig) -> dict[str, Any]:
    """Widget keys and values that say `config`, to set before the controls are drawn."""
    values = config.settings()
    shown = {key(name): values[name] for name in ("momentum", "batch_size", "activation", "seed")}
    hidden = values["hidden"]
    return {
        **shown,
        key("lr"): float(values["lr"]),
        key("epochs"): int(values["epochs"]),
        key("depth"): len(hidden),
        **({key("units"): int(hidden[0])} if hidden else {}),
    }
