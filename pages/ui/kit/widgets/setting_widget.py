"""The widget of one setting of an optimizer or an attack: a switch, a slider, or a slider over powers of ten."""

import math
from collections.abc import Callable

from core.config.validation import Setting
from pages.ui.kit.widgets.bound_widgets import Widgets


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
