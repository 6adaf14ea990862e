"""Widgets that together make a RunConfig, each recipe with a set of its own.

How it is trained is the same for every kind of network and stands here; the widgets of the network itself are
drawn by a function that each kind brings along.

Keys carry the recipe's id (`mlp-deep_lr`), so every recipe remembers what was changed on it, starts at the
text's own values, and a link holds only what differs from them.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from core.config.choices import ADVERSARIES
from core.config.optimizers import OPTIMIZERS
from core.config.run import (
    DIGIT_READERS,
    INITIALIZATIONS,
    PRECISIONS,
    ModelConfig,
    RegressorConfig,
    RunConfig,
    examples,
)
from core.recipes.texts import RECIPES
from core.training.schedules import SCHEDULES
from pages.ui.kit.training.corruption_settings import fault_settings, rare_shown
from pages.ui.kit.training.early_stopping import early_stopping, kept_weights
from pages.ui.kit.widgets.bound_widgets import Live, Widgets, held, setting_widget

BATCHES = (1, 4, 8, 16, 32, 64, 100, 128, 192, 256, 512, 1000, 2000, 5000, 10_000)
EPOCHS = (1, 10, 20, 50, 100, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000)
RECORDS = (0, 10, 20, 50, 100, 200, 500, 1000)
WATCHED = {"none": "training images held out", "lab": "first half of the test images"}
STARTS = {
    "pytorch": "PyTorch's default",
    "normal": "standard normal",
    "xavier": "Xavier (Glorot)",
    "he": "He (Kaiming)",
}
#: Settings with an entry a layer: the widget that says how many, and the start of each entry's own key.
PER_LAYER = {
    "hidden": ("depth", "width"),
    "channels": ("blocks", "channels"),
    "kernels": ("blocks", "kernel"),
    "strides": ("blocks", "stride"),
    "paddings": ("blocks", "padding"),
    "pools": ("blocks", "pool"),
}
#: Draws the widgets of a network, starting at these settings, and returns what they say.
Network = Callable[[Widgets, dict[str, Any]], dict[str, Any]]


def key(recipe: str, setting: str) -> str:
    """The key, and so the URL parameter, of one setting's widget."""
    return f"{recipe}_{setting}"


def apply(recipe: str, changes: dict[str, Any]) -> None:
    """Set a recipe's widgets to these settings; call it before they are drawn (in a callback, or first thing)."""
    restore(partial(key, recipe), changes)


def restore(key: Callable[[str], str], settings: Mapping[str, Any]) -> None:
    """Set widgets to what a run has, before they are drawn. key: makes a widget's key of a setting's name."""
    known = {name: setting for entry in OPTIMIZERS.values() for name, setting in entry.settings.items()}
    for name, value in settings.items():
        if name in PER_LAYER:
            count, start = PER_LAYER[name]
            st.session_state[key(count)] = len(value)
            for index, entry in enumerate(value):
                st.session_state[key(f"{start}_{index + 1}")] = entry
        elif name == "rare":
            st.session_state[key(name)] = rare_shown(value)
        elif name in known:
            st.session_state[key(name)] = held(known[name], value)
        elif name != "threads":
            st.session_state[key(name)] = value


def _many(recipe: str) -> bool:
    """Whether its epochs are short and many: then not every number of them is offered."""
    return RECIPES[recipe].config.train.epochs > 40


def reset(recipe: str) -> None:
    """Back to the recipe's own settings."""
    apply(recipe, RECIPES[recipe].config.settings())


def run_controls(recipe: str, network: Network, live: Live | None = None, data: Network | None = None) -> RunConfig:
    """Draw the controls of a recipe and return what they say.

    network: draws those of the network. data: those of what it learns from, where that can be set. live: the
    run going on, if there is one: then only what may change while it runs is open. Raises ConfigError, all
    controls drawn, where they say what cannot be built.
    """
    default = RECIPES[recipe].config
    values = default.settings()
    widget = Widgets(lambda setting: key(recipe, setting), live)
    changes: dict[str, Any] = {}
    if data is not None:
        changes |= data(widget, values)
    rate = st.container()  # stands first, but its default depends on the optimizer chosen below
    what = examples(default.model)
    changes["batch_size"] = widget.choice(
        f"Batch size ({what} a step)",
        BATCHES,
        values["batch_size"],
        "batch_size",
        help=f"{what.capitalize()} that share one update. Small batches make many noisy steps, large ones "
        "few smooth ones.",
        format_func=lambda v: f"{v:,}",
    )
    often = f"How often every training {what.removesuffix('s')} is seen."
    if _many(recipe):
        changes["epochs"] = widget.choice(
            "Epochs", EPOCHS, values["epochs"], "epochs", help=often, format_func=lambda v: f"{v:,}"
        )
    else:
        changes["epochs"] = widget.epochs(40, values["epochs"], often)
    with st.expander("Network", icon=":material/hub:"):
        changes |= network(widget, values)
    with st.expander("Initialization & optimizer", icon=":material/tune:"):
        changes |= _training(widget, recipe, values, default.model)
    if isinstance(default.model, DIGIT_READERS):
        with st.expander("Corrupt the data", icon=":material/ink_eraser:"):
            changes |= fault_settings(widget, values)
    settings = OPTIMIZERS[changes["optimizer"]].settings
    same = changes["optimizer"] == values["optimizer"]
    with rate:
        changes["lr"] = setting_widget(widget, "lr", settings["lr"], values["lr"] if same else None)
    return default.with_settings(changes)


def _training(widget: Widgets, recipe: str, values: dict[str, Any], model: ModelConfig) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    several = "init_output" in values
    labels = (
        {"init": "Weight initialization, hidden layers" if several else "Weight initialization"}
        if "init" in values
        else {}
    )
    if several:
        labels["init_output"] = "Weight initialization, last layer"
    for name, label in labels.items():
        changes[name] = widget.choice_box(
            label,
            INITIALIZATIONS,
            values[name],
            name,
            help="The distribution of the initial weights. Its standard deviation decides whether signals survive.",
            format_func=lambda name: STARTS[name],
        )
    changes["optimizer"] = optimizer_choice(
        widget, values["optimizer"], on_change=_default_learning_rate, args=(recipe,)
    )
    settings = OPTIMIZERS[changes["optimizer"]].settings
    known = values if changes["optimizer"] == values["optimizer"] else {}
    for name, setting in settings.items():
        if name != "lr":
            changes[name] = setting_widget(widget, name, setting, known.get(name))
    changes["schedule"] = schedule_choice(widget, values["schedule"])
    changes["reduction"] = widget.choice_box(
        "Reduction",
        ("mean", "sum"),
        values["reduction"],
        "reduction",
        help=f"Mean over the {examples(model)} (PyTorch's default) or sum (as the course slides write it). "
        "The sum's gradient is batch-size times larger, and so is each step.",
        format_func={name: f"{name} over its {examples(model)}" for name in ("mean", "sum")}.get,
    )
    if not isinstance(model, RegressorConfig) and model.family != "manual":
        changes["label_smoothing"] = widget.slider(
            "Label smoothing",
            0.0,
            0.5,
            values["label_smoothing"],
            "label_smoothing",
            step=0.05,
            help="Share of the probability spread over all classes: the network is not asked for full "
            "confidence, and often generalizes better.",
        )
    if isinstance(model, DIGIT_READERS):
        changes |= adversarial_settings(widget, values)
        changes |= _held_out(widget, values)
    else:
        changes |= early_stopping(widget, values, examples(model))
    changes["seed"] = widget.number(
        "Seed", 0, 2**31 - 1, values["seed"], "seed", help="Same seed, settings and machine: the same curve."
    )
    changes["precision"] = widget.choice_box(
        "Precision",
        PRECISIONS,
        values["precision"],
        "precision",
        help="fp32: 32 bits. bf16: products of matrices in 16. auto takes 16 where this processor multiplies "
        "them in hardware and the network is large.",
    )
    changes["fast"] = widget.toggle(
        "As fast as possible",
        bool(values["fast"]),
        "fast",
        help="Off: one processor thread and a precision fixed for this machine, so the same seed gives the "
        "same curve to the last bit, whatever else runs. On: precision and threads are found by timing "
        "steps, threads also while it runs, so that the curve may differ from run to run.",
    )
    return changes


def _held_out(widget: Widgets, values: dict[str, Any]) -> dict[str, Any]:
    """On which images a run is watched, and how often."""
    split = widget.choice_box(
        "Validation images",
        tuple(WATCHED),
        values["split"],
        "split",
        help="The test images should only report. The lab report chose by their first half all the same.",
        format_func=lambda name: WATCHED[name],
    )
    share = widget.slider(
        "Validation split",
        0.0,
        0.5,
        values["validation"],
        "validation",
        step=0.05,
        disabled=split == "lab",
        help="Share of the training images kept aside to choose settings by; the test images only report.",
    )
    kept = kept_weights(widget, values, held_out=split == "lab" or share > 0)
    every = widget.choice(
        "Steps between two records",
        RECORDS,
        values["record_every"],
        "record_every",
        help="How often training and validation error are recorded within an epoch; 0 is never.",
    )
    return {"split": split, "validation": 0.0 if split == "lab" else share, "keep": kept, "record_every": every}


def _default_learning_rate(recipe: str) -> None:
    """Callback: another optimizer starts from its own default learning rate; 0.01 is much for Adam."""
    name = st.session_state[key(recipe, "optimizer")]
    default = RECIPES[recipe].config.train.optimizer
    rate = default["lr"] if name == default.name else OPTIMIZERS[name].settings["lr"].default
    st.session_state[key(recipe, "lr")] = rate


# Widgets for adversarial training.


WORDS = {"none": "clean images", "fgsm": "adversarial examples (FGSM)", "pgd": "adversarial examples (PGD)"}
FORMER = {"attacked once (FGSM)": WORDS["fgsm"], "attacked by PGD": WORDS["pgd"]}


def adversarial_settings(widget: Widgets, values: dict[str, Any]) -> dict[str, Any]:
    """Draw them and return what they say. values: where they start."""
    kind = widget.choice_box(
        "Train on",
        ADVERSARIES,
        values["adversarial"],
        "adversarial",
        help="Adversarial training replaces every batch by adversarial examples: a more robust network, several "
        "times slower to train.",
        format_func=lambda name: WORDS[name],
        former=FORMER,
    )
    changes: dict[str, Any] = {"adversarial": kind}
    if kind == "none":
        return changes
    changes["attack_epsilon"] = widget.slider(
        "Perturbation budget ε",
        0.0,
        0.5,
        float(values["attack_epsilon"]),
        "attack_epsilon",
        step=0.01,
        help="The largest change of a pixel in training; pixels run from 0 to 1.",
    )
    if kind == "pgd":
        changes["attack_steps"] = widget.slider(
            "Attack steps",
            1,
            20,
            values["attack_steps"],
            "attack_steps",
            help="More make a stronger attack; each costs a forward and a backward pass.",
        )
    changes["attack_step_size"] = widget.slider(
        "Attack step size",
        0.0,
        0.6,
        float(values["attack_step_size"]),
        "attack_step_size",
        step=0.01,
        help="How far one step moves each pixel. 0 takes ε for the single step, 2 ε / steps for PGD.",
    )
    changes["attack_warmup"] = widget.slider(
        "Warm-up of ε",
        0.0,
        1.0,
        float(values["attack_warmup"]),
        "attack_warmup",
        step=0.05,
        help="Share of the training during which ε grows to its full size. Without it some networks never learn.",
    )
    return changes


# Widgets that every choice of an optimizer shares: which one, and the schedule of its learning rate.


def optimizer_choice(widget: Widgets, value: str, **more: Any) -> str:
    """The select box of all optimizers."""
    return str(
        widget.choice_box(
            "Optimizer",
            tuple(OPTIMIZERS),
            value,
            "optimizer",
            help="The rule that turns a gradient into a step.",
            format_func=lambda name: OPTIMIZERS[name].title,
            **more,
        )
    )


def schedule_choice(widget: Widgets, value: str) -> str:
    """The select box of the learning-rate schedules."""
    ideas = " ".join(f"*{entry.title}*: {entry.idea}" for entry in SCHEDULES.values())
    return str(
        widget.choice_box(
            "Learning-rate schedule",
            tuple(SCHEDULES),
            value,
            "schedule",
            help=f"How the learning rate changes during training. {ideas}",
            format_func=lambda name: SCHEDULES[name].title,
        )
    )
