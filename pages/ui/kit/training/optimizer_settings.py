"""Widgets for what an optimizer is set to, whoever uses it: a run, a lane of a race."""

from core.config.validation import Setting
from core.training.schedules import SCHEDULES
from pages.ui.kit.widgets.bound_widgets import Widgets

RATES = (*(float(f"{d}e{e}") for e in range(-5, 1) for d in (1, 2, 3, 5, 7)), 10.0)
EPSILONS = ("1e-10", "1e-08", "1e-07", "1e-06", "1e-05", "0.0001", "0.001")
DECAYS = (0.0, 1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 0.1, 1.0)
SHRINKS = (0.0, 1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)
#: Settings over several powers of ten, with the values that are offered.
STEPPED = {"decay": DECAYS, "weight_decay": SHRINKS}


def optimizer_setting(widget: Widgets, name: str, setting: Setting, value: float) -> float:
    """The widget of one setting other than the rate, standing at `value`; returns what it says."""
    label = name.replace("_", " ").capitalize()
    if setting.switch:
        return float(widget.toggle(label, bool(value), name, help=setting.help))
    if name == "epsilon":
        return float(widget.choice("epsilon", EPSILONS, f"{value:g}", name, help=setting.help))
    if name in STEPPED:
        return float(widget.choice(label, STEPPED[name], value, name, help=setting.help, format_func=_short))
    fine = name == "beta_2" or value > 0.99  # an address may say more than the slider offers
    return float(
        widget.slider(
            label,
            0.0,
            max(0.9999 if fine else 0.99, value),
            value,
            name,
            step=0.0001 if fine else 0.01,
            format="%.4f" if fine else "%.2f",
            help=setting.help,
        )
    )


def shown(name: str, setting: Setting, value: float) -> float | str | bool:
    """What the widget of that setting holds when it stands at `value`."""
    if setting.switch:
        return bool(value)
    return f"{value:g}" if name == "epsilon" else float(value)


def schedule_choice(widget: Widgets, value: str, name: str = "schedule") -> str:
    """The select box of the learning-rate schedules."""
    ideas = " ".join(f"*{entry.title}*: {entry.idea}" for entry in SCHEDULES.values())
    return str(
        widget.choice_box(
            "Learning-rate schedule",
            tuple(SCHEDULES),
            value,
            name,
            help=f"How the rate moves on the way. {ideas}",
            format_func=lambda name: SCHEDULES[name].title,
        )
    )


def _short(value: float) -> str:
    return f"{value:g}"
