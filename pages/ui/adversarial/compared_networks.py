"""Which networks are compared: the one chosen above the tabs, and those that came along."""

from dataclasses import dataclass

import streamlit as st
from torch import nn

from core.charts.palette import YELLOW, model_color
from core.config.run import CNNConfig, MLPConfig
from core.storage.checkpoints import shipped
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.shell.cache import shipped_model

HERE = "the network above"  # a constant label, so that a link keeps meaning the same
THIS = "this network"


@dataclass(frozen=True, eq=False)
class Entrant:
    """A network in a comparison: the key its results are kept by, what it is called, its color."""

    key: str
    name: str
    color: str
    model: nn.Module


def entrants(key: str, trained: Trained, first: tuple[str, ...] = ()) -> list[Entrant]:
    """A choice of several networks; one that is chosen twice counts once.

    first: the shipped ones that stand there at the start, beside the one above.
    """
    there = shipped_readers()
    picked = st.multiselect(
        "Networks",
        [HERE, *there],
        [HERE, *(name for name in first if name in there)],
        key=key,
        bind="query-params",
        wrap=True,
        help="The one chosen at the top of the page, and any that came with Digit Lab.",
    )
    found: dict[str, Entrant] = {}
    for label in picked:
        one = above(trained) if label == HERE else came(label)
        found.setdefault(one.key, one)
    return list(found.values())


def shipped_readers() -> list[str]:
    """Shipped networks that read digits."""
    return [name for name in shipped() if isinstance(shipped_model(name).config.model, MLPConfig | CNNConfig)]


def came(name: str) -> Entrant:
    """A shipped network."""
    return Entrant(f"shipped:{name}", name, model_color(name), shipped_model(name).model)


def above(trained: Trained) -> Entrant:
    """The network that is chosen above the tabs."""
    kind, _, name = trained.key.partition(":")
    if kind == "shipped" and name in shipped_readers():
        return came(name)
    return Entrant(trained.key, THIS, YELLOW, trained.model)
