"""Streamlit's widgets for the settings of a run, all of them kept in the address."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.config.validation import Setting
from pages.ui.kit.widgets.binding import renamed


@dataclass(frozen=True)
class Live:
    """What the controls need to know of a run that is going on.

    names: settings that may change now; all others are locked. change: passes one on to the run.
    """

    names: tuple[str, ...]
    change: Callable[[str, Any], None]


class Widgets:
    """Widgets for settings: the same key, binding to the address and lock for every kind of them.

    key: names a setting's widget. live: the run going on, if there is one. `name` is always the setting's.
    """

    def __init__(self, key: Callable[[str], str], live: Live | None) -> None:
        self.key, self.live = key, live

    def _common(self, name: str, disabled: bool = False) -> dict[str, Any]:
        locked = self.live is not None and name not in self.live.names
        common: dict[str, Any] = {"key": self.key(name), "bind": "query-params", "disabled": disabled or locked}
        if self.live is not None and not locked:
            common["on_change"] = self._pass_on
            common["args"] = (name, self.live)
        return common

    def _pass_on(self, name: str, live: Live) -> None:
        live.change(name, st.session_state[self.key(name)])

    def _with_held(self, options: Any, value: Any, name: str) -> Any:
        """The options with the default and with what the widget was set to, where a run that is opened has
        another value: it is shown as it is."""
        held = st.session_state.get(self.key(name))
        odd = {entry for entry in (value, held) if entry is not None and entry not in options}
        kept = st.session_state.setdefault(f"{self.key(name)}_odd", set())
        kept |= odd  # offered from now on: options that vanish would take the choice with them
        return tuple(sorted({*options, *kept}, key=float)) if kept else options

    def _wide_enough(self, low: Any, high: Any, name: str) -> tuple[Any, Any]:
        """The ends of a range, so far apart that what the widget was set to lies between them.

        They never come closer again: a slider with other ends is another slider, and begins anew.
        """
        held = st.session_state.get(self.key(name))
        if isinstance(low, float) and isinstance(held, int):  # a run's record may say 0 for 0.0
            held = st.session_state[self.key(name)] = float(held)
        ends = st.session_state.get(f"{self.key(name)}_ends", (low, high))
        known = [end for end in (low, high, *ends, held) if end is not None]
        st.session_state[f"{self.key(name)}_ends"] = min(known), max(known)
        return min(known), max(known)

    def choice(self, label: str, options: Any, value: Any, name: str, **more: Any) -> Any:
        options = self._with_held(options, value, name)
        return st.select_slider(label, options, value=value, **self._common(name), **more)

    def choice_box(
        self, label: str, options: Any, value: Any, name: str, *, former: Mapping[str, str] | None = None, **more: Any
    ) -> Any:
        """former: labels of choices that old links still say → those of today."""
        renamed(self.key(name), former or {})
        return st.selectbox(label, options, index=options.index(value), **{**self._common(name), **more})

    def slider(self, label: str, low: Any, high: Any, value: Any, name: str, **more: Any) -> Any:
        disabled = more.pop("disabled", False)
        low, high = self._wide_enough(low, high, name)
        return st.slider(label, low, high, value, **self._common(name, disabled), **more)

    def epochs(self, most: int, value: int, help: str) -> int:
        """A slider from 1 to `most`, or to what a run had that is found again: it may have been longer."""
        return int(self.slider("Epochs", 1, most, value, "epochs", help=help))

    def number(self, label: str, low: int, high: int, value: int, name: str, **more: Any) -> int:
        low, high = self._wide_enough(low, high, name)
        return int(st.number_input(label, low, high, value, **self._common(name), **more))

    def hidden(
        self, label: str, low: int, high: int, start: Sequence[int], *, help: str, most: int, usual: int, unit: str
    ) -> tuple[int, ...]:
        """How many hidden layers, `low` to `high` of them, and the units of each, 1 to `most`.

        start: the units to begin with; a layer not there before begins with `usual`. unit: help on one.
        """
        depth = self.slider(label, low, high, len(start), "depth", help=help)
        return tuple(
            self.number(
                f"Units in layer {place + 1}",
                1,
                most,
                start[place] if place < len(start) else usual,
                f"width_{place + 1}",
                help=unit,
            )
            for place in range(depth)
        )

    def toggle(self, label: str, value: bool, name: str, **more: Any) -> bool:
        disabled = more.pop("disabled", False)
        return bool(st.toggle(label, value, **self._common(name, disabled), **more))


# The widget of one setting of an optimizer or an attack: a switch, a slider, or a slider over powers of ten.


def setting_widget(
    widget: Widgets,
    name: str,
    setting: Setting,
    value: float | None = None,
    *,
    stops: tuple[float, ...] = (),
    written: Callable[[float], str] = "{:g}".format,
    help: str = "",
) -> float:
    """Draw it, standing at `value` (None: its default), and return what it says.

    stops: the values offered, where not those of the setting itself. written: how those are written. help: what
    it is for, where there is more to say than the setting's own words.
    """
    value = float(setting.default if value is None else value)
    label, help = setting.label or name.replace("_", " ").capitalize(), help or setting.help
    if setting.switch:
        return float(widget.toggle(label, bool(value), name, help=help))
    if stops or setting.by_stops:
        options = stops or setting.ladder()
        return float(widget.choice(label, options, value, name, format_func=written, help=help))
    if setting.whole:
        return float(widget.slider(label, int(setting.low), int(setting.high), int(value), name, help=help))
    low, high, step = setting.grid(value)
    digits = max(0, -math.floor(math.log10(step)))
    return float(widget.slider(label, low, high, value, name, step=step, format=f"%.{digits}f", help=help))


def held(setting: Setting, value: float) -> float | bool:
    """What the session holds of that widget where it stands at `value`."""
    if setting.switch:
        return bool(value)
    return int(value) if setting.whole and not setting.by_stops else float(value)
