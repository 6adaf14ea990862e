"""Widgets that together make a RunConfig, each recipe with a set of its own.

Keys carry the recipe's id (`mlp-deep_lr`), so every recipe remembers what was changed on it, starts at the
text's own values, and a link holds only what differs from them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.config import ACTIVATIONS, INITIALIZATIONS, PRECISIONS, RunConfig, Setting
from core.recipes import RECIPES
from core.training.optimizers import OPTIMIZERS

RATES = (*(float(f"{d}e{e}") for e in range(-5, 1) for d in (1, 2, 3, 5, 7)), 10.0)
BATCHES = (1, 4, 8, 16, 32, 64, 100, 128, 256, 512, 1000, 2000, 5000, 10_000)
FAMILIES = {
    "raw": "bare tensors",
    "my-linear": "own nn.Module",
    "module": "torch.nn",
}
STARTS = {
    "pytorch": "PyTorch's default",
    "normal": "standard normal",
    "xavier": "Xavier (Glorot)",
    "he": "He (Kaiming)",
}


@dataclass(frozen=True)
class Live:
    """What the controls need to know of a run that is going on.

    names: settings that may change now; all others are locked. change: passes one on to the run.
    """

    names: tuple[str, ...]
    change: Callable[[str, Any], None]


def key(recipe: str, setting: str) -> str:
    """The key, and so the URL parameter, of one setting's widget."""
    return f"{recipe}_{setting}"


def apply(recipe: str, changes: dict[str, Any]) -> None:
    """Set widgets to these settings; call it before they are drawn (in a callback, or first thing)."""
    for name, value in changes.items():
        if name == "hidden":
            st.session_state[key(recipe, "depth")] = len(value)
            for index, width in enumerate(value):
                st.session_state[key(recipe, f"width_{index + 1}")] = int(width)
        elif name == "lr":
            st.session_state[key(recipe, "lr")] = _nearest(RATES, float(value))
        elif name == "batch_size":
            st.session_state[key(recipe, "batch_size")] = int(_nearest(BATCHES, value))
        elif name in OPTIMIZERS["adam"].settings or name in OPTIMIZERS["rmsprop"].settings:
            st.session_state[key(recipe, name)] = f"{value:g}" if name == "epsilon" else float(value)
        elif name != "threads":
            st.session_state[key(recipe, name)] = value


def reset(recipe: str) -> None:
    """Back to the recipe's own settings."""
    apply(recipe, RECIPES[recipe].config.settings())


def run_controls(recipe: str, live: Live | None = None) -> RunConfig:
    """Draw the controls of a recipe and return what they say.

    live: the run going on, if there is one: then only what may change while it runs is open.
    """
    default = RECIPES[recipe].config
    values = default.settings()
    widget = _Widgets(recipe, live)
    optimizer = st.session_state.get(key(recipe, "optimizer"), values["optimizer"])
    settings = OPTIMIZERS[optimizer].settings if optimizer in OPTIMIZERS else {}
    known = default.train.optimizer.settings if optimizer == values["optimizer"] else {}
    changes: dict[str, Any] = {}

    changes["lr"] = widget.choice(
        "Learning rate",
        RATES,
        float(known.get("lr", settings["lr"].default)),
        "lr",
        help="How far each step goes along the downhill direction. Too small crawls, too large diverges.",
        format_func=lambda v: f"{v:g}",
    )
    changes["batch_size"] = widget.choice(
        "Batch size (images a step)",
        BATCHES,
        values["batch_size"],
        "batch_size",
        help="Images that share one update. Small batches make many noisy steps, large ones few calm ones.",
        format_func=lambda v: f"{v:,}",
    )
    changes["epochs"] = widget.slider(
        "Epochs (passes)", 1, 40, values["epochs"], "epochs", help="How often every training image is seen."
    )
    with st.expander("Network", icon=":material/hub:"):
        changes |= _network(widget, values)
    with st.expander("Start and step", icon=":material/tune:"):
        changes |= _training(widget, values, settings, known)
    return default.with_settings(changes)


def _network(widget: "_Widgets", values: dict[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    depth = widget.slider(
        "Hidden layers",
        0,
        6,
        len(values["hidden"]),
        "depth",
        help="Layers between pixels and answer; 0 is linear.",
    )
    widths = []
    for index in range(depth):
        start = values["hidden"][index] if index < len(values["hidden"]) else 64
        widths.append(
            widget.number(
                f"Units in layer {index + 1}", 1, 4096, start, f"width_{index + 1}", help="How many neurons."
            )
        )
    changes["hidden"] = tuple(widths)
    changes["activation"] = widget.choice_box(
        "Activation",
        ACTIVATIONS,
        values["activation"],
        "activation",
        help="The bend between two linear maps.",
    )
    changes["family"] = widget.choice_box(
        "Written as",
        tuple(FAMILIES),
        values["family"],
        "family",
        help="The same mathematics and the same start, written in three ways.",
        format_func=lambda name: FAMILIES[name],
    )
    plain = changes["family"] != "module"
    dropout = widget.slider(
        "Dropout",
        0.0,
        0.9,
        values["dropout"],
        "dropout",
        step=0.05,
        disabled=plain,
        help="Share of hidden units silenced at each step. Only for networks written with torch.nn.",
    )
    changes["dropout"] = 0.0 if plain else dropout
    changes["normalize"] = widget.toggle(
        "Normalise the pixels first",
        values["normalize"],
        "normalize",
        help="(x − mean) / std as the first layer.",
    )
    return changes


def _training(widget: "_Widgets", values: dict[str, Any], settings: Any, known: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, label in (
        ("init", "First weights, hidden layers"),
        ("init_output", "First weights, last layer"),
    ):
        changes[name] = widget.choice_box(
            label,
            INITIALIZATIONS,
            values[name],
            name,
            help="The random numbers the weights start from. Their spread decides whether signals survive.",
            format_func=lambda name: STARTS[name],
        )
    changes["optimizer"] = widget.choice_box(
        "Optimiser",
        tuple(OPTIMIZERS),
        values["optimizer"],
        "optimizer",
        help="The rule that turns a gradient into a step.",
        format_func=lambda name: OPTIMIZERS[name].title,
    )
    for name, setting in settings.items():
        if name != "lr":
            changes[name] = _optimizer_setting(widget, name, setting, float(known.get(name, setting.default)))
    changes["reduction"] = widget.choice_box(
        "Loss of a batch",
        ("mean", "sum"),
        values["reduction"],
        "reduction",
        help="Average over the images (PyTorch's default) or sum (as the slides write it). "
        "The sum's gradient is batch-size times larger, and so is each step.",
        format_func={"mean": "mean over its images", "sum": "sum over its images"}.get,
    )
    changes["validation"] = widget.slider(
        "Held out for validation",
        0.0,
        0.5,
        values["validation"],
        "validation",
        step=0.05,
        help="Share of the training images kept aside to choose settings by; the test images only report.",
    )
    changes["seed"] = widget.number(
        "Seed", 0, 2**31 - 1, values["seed"], "seed", help="Same seed, same start, same batches, same curve."
    )
    changes["precision"] = widget.choice_box(
        "Precision",
        PRECISIONS,
        values["precision"],
        "precision",
        help="fp32 is exact; bf16 halves the bits of matrix products; auto takes it only where it is faster.",
    )
    return changes


def _optimizer_setting(widget: "_Widgets", name: str, setting: Setting, default: float) -> float:
    if name == "epsilon":
        text = widget.choice(
            "epsilon", ("1e-10", "1e-08", "1e-07", "1e-06", "1e-05", "0.0001", "0.001"), f"{default:g}", name,
            help=setting.help,
        )  # fmt: skip
        return float(text)
    top = 0.9999 if name == "beta_2" else 0.99
    step = 0.0001 if name == "beta_2" else 0.01
    value = widget.slider(
        name.replace("_", " ").capitalize(), 0.0, top, default, name, step=step, help=setting.help
    )
    return float(value)


class _Widgets:
    """One recipe's widgets: the same key, URL binding and lock for every kind of them."""

    def __init__(self, recipe: str, live: Live | None) -> None:
        self.recipe, self.live = recipe, live

    def _common(self, name: str, disabled: bool = False) -> dict[str, Any]:
        locked = self.live is not None and name not in self.live.names
        common: dict[str, Any] = {
            "key": key(self.recipe, name), "bind": "query-params", "disabled": disabled or locked,
        }  # fmt: skip
        if self.live is not None and not locked:
            common["on_change"] = self._pass_on
            common["args"] = (name, self.live)
        return common

    def _pass_on(self, name: str, live: Live) -> None:
        live.change(name, st.session_state[key(self.recipe, name)])

    def choice(self, label: str, options: Any, value: Any, name: str, **more: Any) -> Any:
        options = options if value in options else tuple(sorted({*options, value}, key=float))
        return st.select_slider(label, options, value=value, **self._common(name), **more)

    def choice_box(self, label: str, options: Any, value: Any, name: str, **more: Any) -> Any:
        return st.selectbox(label, options, index=options.index(value), **self._common(name), **more)

    def slider(self, label: str, low: Any, high: Any, value: Any, name: str, **more: Any) -> Any:
        disabled = more.pop("disabled", False)
        return st.slider(label, low, high, value, **self._common(name, disabled), **more)

    def number(self, label: str, low: int, high: int, value: int, name: str, **more: Any) -> int:
        return int(st.number_input(label, low, high, value, **self._common(name), **more))

    def toggle(self, label: str, value: bool, name: str, **more: Any) -> bool:
        return bool(st.toggle(label, value, **self._common(name), **more))


def _nearest(options: tuple[Any, ...], value: float) -> Any:
    return min(options, key=lambda option: abs(option - value))
