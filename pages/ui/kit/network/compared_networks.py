"""Which networks are compared: the one chosen above the tabs, and pretrained ones."""

from dataclasses import replace

import streamlit as st

from core.charts.palette import YELLOW
from core.config.run import CNNConfig, MLPConfig
from core.models.trained_network import TrainedNetwork
from core.recipes.texts import recipe_color
from core.storage.checkpoints import shipped
from pages.ui.kit.shell.cache import shipped_model

HERE = "the network above"  # a constant label, so that a link keeps meaning the same
THIS = "this network"


def compared(key: str, trained: TrainedNetwork, first: tuple[str, ...] = ()) -> list[TrainedNetwork]:
    """A choice of several networks, each titled as a chart calls it; one that is chosen twice counts once.

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
        help="The one chosen at the top of the page, and any pretrained network.",
    )
    found: dict[str, TrainedNetwork] = {}
    for label in picked:
        one = above(trained) if label == HERE else shipped_model(label)
        found.setdefault(one.key, one)
    return list(found.values())


def shipped_readers() -> list[str]:
    """Shipped networks that classify digits."""
    return [name for name in shipped() if isinstance(shipped_model(name).config.model, MLPConfig | CNNConfig)]


def above(trained: TrainedNetwork) -> TrainedNetwork:
    """The network that is chosen above the tabs: a shipped one under its recipe's name."""
    if trained.source == "shipped" and trained.id in shipped_readers():
        return shipped_model(trained.id)
    return replace(trained, title=THIS)


def color_of(network: TrainedNetwork) -> str:
    """Its color in every chart: a shipped network has one of its own."""
    return recipe_color(network.id) if network.source == "shipped" else YELLOW
