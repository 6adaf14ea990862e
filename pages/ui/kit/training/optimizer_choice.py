"""Widgets that every choice of an optimizer shares: which one, and the schedule of its learning rate."""

from typing import Any

from core.config.optimizers import OPTIMIZERS
from core.training.schedules import SCHEDULES
from pages.ui.kit.widgets.bound_widgets import Widgets


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
            help=f"How the learning rate moves on the way. {ideas}",
            format_func=lambda name: SCHEDULES[name].title,
        )
    )
