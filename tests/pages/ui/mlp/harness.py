"""Panels of the MLP page in Streamlit's own harness, each by itself over a network of one's choice."""

from importlib import import_module
from typing import TYPE_CHECKING

from streamlit.testing.v1 import AppTest

from tests.pages.harness import part_of

if TYPE_CHECKING:
    from core.data import Mnist
    from core.models.trained_network import TrainedNetwork

MODULES = {"edit": "weight_editing"}
PANELS = ("results", "inside", "draw", "edit", "one_gradient_step")


def panel_over(panel: str, network: "list[TrainedNetwork]", mnist: "Mnist", **state: object) -> AppTest:
    """The panel, not yet run, over the last network of the list: append to it to exchange it."""
    section = getattr(import_module(f"pages.ui.mlp.{MODULES.get(panel, panel)}"), panel)
    needs = () if panel == "draw" else (mnist,)
    return part_of(lambda: section(network[-1], *needs), state=state)
