"""Streamlit's widgets for the settings of a run, all of them kept in the address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st


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
        common: dict[str, Any] = {
            "key": self.key(name), "bind": "query-params", "disabled": disabled or locked,
        }  # fmt: skip
        if self.live is not None and not locked:
            common["on_change"] = self._pass_on
            common["args"] = (name, self.live)
        return common

    def _pass_on(self, name: str, live: Live) -> None:
        live.change(name, st.session_state[self.key(name)])

    def choice(self, label: str, options: Any, value: Any, name: str, **more: Any) -> Any:
        shown = {value, st.session_state.get(self.key(name), value)}  # a run may have had what is not offered
        options = options if shown <= set(options) else tuple(sorted({*options, *shown}, key=float))
        return st.select_slider(label, options, value=value, **self._common(name), **more)

    def choice_box(self, label: str, options: Any, value: Any, name: str, **more: Any) -> Any:
        return st.selectbox(label, options, index=options.index(value), **{**self._common(name), **more})

    def slider(self, label: str, low: Any, high: Any, value: Any, name: str, **more: Any) -> Any:
        disabled = more.pop("disabled", False)
        return st.slider(label, low, high, value, **self._common(name, disabled), **more)

    def epochs(self, most: int, value: int, help: str) -> int:
        """A slider from 1 to `most`, or to what a run had that is found again: it may have been longer."""
        most = max(most, int(st.session_state.get(self.key("epochs")) or 0))
        return int(self.slider("Epochs (passes)", 1, most, value, "epochs", help=help))

    def number(self, label: str, low: int, high: int, value: int, name: str, **more: Any) -> int:
        return int(st.number_input(label, low, high, value, **self._common(name), **more))

    def hidden(
        self,
        label: str,
        low: int,
        high: int,
        start: Sequence[int],
        *,
        help: str,
        most: int,
        usual: int,
        unit: str,
    ) -> tuple[int, ...]:
        """How many hidden layers, `low` to `high` of them, and the units of each, 1 to `most`.

        start: the units to begin with; a layer not there before begins with `usual`. unit: help on one.
        """
        depth = self.slider(label, low, high, len(start), "depth", help=help)
        return tuple(
            self.number(
                f"Units in layer {place + 1}", 1, most, start[place] if place < len(start) else usual,
                f"width_{place + 1}", help=unit,
            )
            for place in range(depth)
        )  # fmt: skip

    def toggle(self, label: str, value: bool, name: str, **more: Any) -> bool:
        disabled = more.pop("disabled", False)
        return bool(st.toggle(label, value, **self._common(name, disabled), **more))
