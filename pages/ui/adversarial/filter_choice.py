"""A network as it is, or with a filter in front of it: chosen with the strength of the filter."""

import streamlit as st

from core.attacks.filters import FILTERS
from core.attacks.filters.config import NO_FILTER, FilterConfig
from pages.ui.kit.widgets.binding import renamed

NONE = "none"
FORMER = {"Few gray levels": "Gray-level quantization", "Noise on the input": "Input noise"}


def choose_filter(key: str) -> FilterConfig:
    """A select box over the filters and "none", and a slider for the strength of the one chosen."""
    renamed(key, FORMER)
    titles = {NONE: ""} | {entry.title: name for name, entry in FILTERS.items()}
    title = st.selectbox(
        "Input filter",
        list(titles),
        key=key,
        bind="query-params",
        help="Preprocesses every image before the network, and runs the same checks on both together. Some "
        "filters mask the gradient: see which checks notice.",
    )
    name = titles[title]
    return FilterConfig(name, choose_strength(key, name)) if name else NO_FILTER


def choose_strength(key: str, name: str) -> float:
    """The slider for one filter's strength; each filter remembers its own."""
    entry = FILTERS[name]
    return float(
        st.select_slider(
            entry.unit[0].upper() + entry.unit[1:],
            entry.strengths,
            entry.default,
            key=f"{key}_{name}",
            bind="query-params",
            format_func=lambda strength: f"{strength:g}",
            help=f"{entry.idea} From weak to strong.",
        )
    )
