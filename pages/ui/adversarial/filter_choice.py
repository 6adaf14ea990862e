"""A network as it is, or with a filter in front of it: chosen with the strength of the filter."""

from dataclasses import dataclass

import streamlit as st
from torch import nn

from core.attacks.filters import DEFENSES
from core.lessons.adversarial.filtered_network import Defended

NONE = "none"


@dataclass(frozen=True)
class Filter:
    """A filter's name in DEFENSES, or "" for none, and how strong it is."""

    name: str = ""
    strength: float = 0.0

    def before(self, network: nn.Module, seed: int = 0, *, straight_through: bool = False) -> nn.Module:
        """The network behind the filter; seed: of a filter that draws numbers."""
        if not self.name:
            return network
        module = DEFENSES[self.name].make(self.strength, seed)
        return Defended(network, module, straight_through=straight_through).eval()


def choose_filter(key: str) -> Filter:
    """A select box over the filters and "none", and a slider for the strength of the one chosen."""
    titles = {NONE: ""} | {entry.title: name for name, entry in DEFENSES.items()}
    title = st.selectbox(
        "Filter in front of the network",
        list(titles),
        key=key,
        bind="query-params",
        help="Puts it between picture and network, and runs the same checks on both together. Some filters "
        "hide the gradient: see which badges notice.",
    )
    name = titles[title]
    return Filter(name, choose_strength(key, name)) if name else Filter()


def choose_strength(key: str, name: str) -> float:
    """The slider for one filter's strength; each filter remembers its own."""
    entry = DEFENSES[name]
    return float(
        st.select_slider(
            entry.what[0].upper() + entry.what[1:],
            entry.strengths,
            entry.default,
            key=f"{key}_{name}",
            bind="query-params",
            format_func=lambda strength: f"{strength:g}",
            help=f"{entry.idea} From weak to strong.",
        )
    )
