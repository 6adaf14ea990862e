"""An optimizer and its settings, as widgets made from OPTIMIZERS."""

import streamlit as st

from core.config.validation import Setting
from core.training.optimizers import OPTIMIZERS

NAMES = {entry.title: name for name, entry in OPTIMIZERS.items()}


def plain(name: str, settings: dict[str, float]) -> bool:
    """Whether it is gradient descent without a memory and at one rate: every step is lr · gradient."""
    return name in ("sgd", "sgd-by-hand") and not settings.get("momentum") and not settings.get("decay")


def other_settings(name: str, key: str) -> dict[str, float]:
    """All settings of an optimizer but its rate, folded away; they begin at the chapter's defaults."""
    others = {n: s for n, s in OPTIMIZERS[name].settings.items() if n != "lr"}
    with st.expander("Its other settings", icon=":material/tune:"):
        return {n: _setting(n, s, f"{key}_{name}_{n}") for n, s in others.items()}


def _setting(name: str, setting: Setting, key: str) -> float:
    label = name.replace("_", " ").capitalize()
    if setting.switch:
        return float(st.toggle(label, setting.default > 0, key=key, bind="query-params", help=setting.help))
    if name in ("epsilon", "weight_decay"):
        sizes = ("1e-10", "1e-08", "1e-07", "1e-06", "1e-05", "0.0001", "0.001", "0.01", "0.1")
        text = st.select_slider(label, sizes, f"{setting.default:g}", key=key, bind="query-params", help=setting.help)
        return float(text)
    step = 0.0001 if name == "beta_2" else 0.01
    top = 1.0 if not setting.open_high else 1.0 - step
    return float(
        st.slider(
            label,
            0.0,
            top,
            setting.default,
            step,
            key=key,
            bind="query-params",
            help=setting.help,
            format="%.4f" if name == "beta_2" else "%.2f",
        )
    )
