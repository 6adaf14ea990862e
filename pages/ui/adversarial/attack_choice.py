"""Widgets for an attack: which one, its perturbation budget, target class and hyperparameters."""

from collections.abc import Collection

import numpy as np
import streamlit as st

from core.attacks import ATTACKS
from core.attacks.attack import Attack
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS, NormName
from core.config.validation import Setting
from pages.ui.kit.shell import choices
from pages.ui.kit.widgets.bound_widgets import Widgets, setting_widget

ANY = "any other"
RESTARTS = (1, 2, 3, 5, 10, 20, 50)
SHARES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)  # of the largest change, as sizes of a step
#: What the ε slider offers: even steps where it matters, then wider ones to the largest change there is.
STRETCHES: dict[NormName, tuple[tuple[float, float, float], ...]] = {
    "linf": ((0, 0.5, 0.01), (0.5, 1, 0.05)),
    "l2": ((0, 5, 0.1), (5, 10, 0.5), (10, 28, 2)),
    "l0": ((0, 60, 1), (60, 200, 10), (200, 750, 50), (750, 784, 34)),
}
MEANING = {
    "gradients": "White box: it needs the network's gradients.",
    "outputs": "Black box: it needs only the network's outputs.",
    "nothing": "Control: it needs nothing from the network.",
}


def attack_choice(prefix: str, *, only: Collection[str] | None = None, first: str = "fgsm") -> AttackConfig:
    """Select box, ε and settings of an attack; each attack remembers its own numbers.

    prefix: begins the widgets' keys. only: names in ATTACKS to offer, all of them if None. first: the one
    that stands there at the start.
    """
    names = [name for name in ATTACKS if only is None or name in only]
    titles = {ATTACKS[name].title: name for name in names}
    title = st.selectbox(
        "Attack",
        list(titles),
        index=names.index(first) if first in names else 0,
        key=f"{prefix}_attack",
        bind="query-params",
        help="How the perturbation is computed. White-box attacks use gradients, black-box attacks only "
        "outputs; random noise is the control that any attack must beat.",
    )
    name = titles[title]
    entry = ATTACKS[name]
    key = f"{prefix}_{name}"
    epsilon = epsilon_choice(key, entry)
    settings: dict[str, float] = {}
    shown = [setting for setting in entry.settings if setting == "steps"]
    folded = [setting for setting in entry.settings if setting != "steps"]
    for setting in shown:
        settings[setting] = setting_choice(f"{key}_{setting}", setting, entry.settings[setting], entry.norm)
    st.caption(f"{entry.idea} {MEANING[entry.access]}")
    target, restarts = None, 1
    if folded or entry.random or entry.targeted:
        with st.expander("Advanced", icon=":material/tune:", key=f"{key}_more"):
            if entry.targeted:
                target = _target(key)
            for setting in folded:
                widget = f"{key}_{setting}"
                settings[setting] = setting_choice(widget, setting, entry.settings[setting], entry.norm)
            if entry.random:
                restarts = _restarts(key)
    return AttackConfig(name, epsilon, settings, target, restarts)


def epsilon_choice(key: str, entry: Attack, *, label: str = "") -> float:
    """The slider of ε, in the unit of the attack's norm. key: begins the widget's key."""
    norm = NORMS[entry.norm]
    options = budgets(entry.norm, entry.epsilon)
    tells = (
        "" if entry.bounded else ("This attack minimizes the perturbation by itself; one larger than ε does not count.")
    )
    with choices.budget(f"{key}_epsilon", entry.norm, options):
        value = st.select_slider(
            label
            or (f"Perturbation budget ε ({norm.title})" if entry.bounded else f"Largest ε that counts ({norm.title})"),
            options,
            value=_nearest(options, entry.epsilon),
            key=f"{key}_epsilon",
            bind="query-params",
            format_func=_written,
            help=f"The largest perturbation allowed, in the {norm.title} norm: {norm.idea}. Pixels range from 0 "
            f"(black) to 1 (white). {tells}",
        )
    return float(value)


def linf_budget(key: str, default: float, *, low: float = 0.01, help: str) -> float:
    """A slider of ε in L∞, from `low` to 0.5 by hundredths, that several tabs share.

    default: where it stands if no ε has been chosen. help: what ε does there.
    """
    with choices.budget(key, "linf", choices.HUNDREDTHS):
        return float(
            st.slider(
                "Perturbation budget ε (L∞)",
                low,
                0.5,
                default,
                0.01,
                key=key,
                bind="query-params",
                help=f"{help} Pixels range from 0 (black) to 1 (white).",
            )
        )


def budgets(norm: NormName, default: float | None = None) -> tuple[float, ...]:
    """The values of ε that a slider offers for that norm, `default` among them; ascending."""
    values = {0.0} if default is None else {0.0, float(default)}
    for low, high, step in STRETCHES[norm]:
        count = round((high - low) / step)
        values |= {round(float(value), 4) for value in np.linspace(low, high, count + 1)}
    return tuple(sorted(values))


def setting_choice(key: str, name: str, setting: Setting, norm: NormName) -> float:
    """The widget of one of an attack's own numbers, standing at its default; returns what it says."""
    widget = Widgets(lambda name: key, None)
    if name == "step_size" and setting.default == 0:  # 0 leaves it to ε and the number of steps
        sizes = (0.0, *(round(NORMS[norm].largest * share, 5) for share in SHARES))
        return setting_widget(widget, name, setting, stops=sizes, written=_or_automatic)
    return setting_widget(widget, name, setting)


def _target(key: str) -> int | None:
    """The target class of a targeted attack; None: any other than the true class."""
    picked = st.selectbox(
        "Target class",
        [ANY, *map(str, range(10))],
        key=f"{key}_target",
        bind="query-params",
        help="Any class but the true one (an untargeted attack), or one class of your choice (a targeted attack), "
        "which is harder.",
    )
    return None if picked == ANY else int(picked)


def _restarts(key: str) -> int:
    return int(
        st.select_slider(
            "Random restarts",
            RESTARTS,
            value=1,
            key=f"{key}_restarts",
            bind="query-params",
            help="How often the attack is repeated with other random numbers. The best result of each image counts.",
        )
    )


def _nearest(options: tuple[float, ...], value: float) -> float:
    return min(options, key=lambda option: abs(option - value))


def _written(value: float) -> str:
    return f"{value:g}"


def _or_automatic(value: float) -> str:
    return _written(value) if value else "automatic"
