"""Widgets for training on attacked images."""

from typing import Any

from core.config.choices import ADVERSARIES
from pages.ui.kit.widgets.bound_widgets import Widgets

WORDS = {"none": "clean images", "fgsm": "attacked once (FGSM)", "pgd": "attacked by PGD"}


def adversarial_settings(widget: Widgets, values: dict[str, Any]) -> dict[str, Any]:
    """Draw them and return what they say. values: where they start."""
    kind = widget.choice_box(
        "Train on",
        ADVERSARIES,
        values["adversarial"],
        "adversarial",
        help="Adversarial training attacks every batch before it learns from it: hard to fool afterwards, "
        "several times slower.",
        format_func=lambda name: WORDS[name],
    )
    changes: dict[str, Any] = {"adversarial": kind}
    if kind == "none":
        return changes
    changes["attack_epsilon"] = widget.slider(
        "ε of the attack",
        0.0,
        0.5,
        float(values["attack_epsilon"]),
        "attack_epsilon",
        step=0.01,
        help="The largest change of a pixel while training; pixels run from 0 to 1.",
    )
    if kind == "pgd":
        changes["attack_steps"] = widget.slider(
            "Steps of the attack",
            1,
            20,
            values["attack_steps"],
            "attack_steps",
            help="More make a stronger attack; each costs a forward and a backward pass.",
        )
    changes["attack_step_size"] = widget.slider(
        "Step size of the attack",
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
        help="Share of the training over which ε grows. Without it some networks never begin to learn.",
    )
    return changes
