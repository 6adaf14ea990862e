"""Panels of the Language ID page in Streamlit's own harness, each by itself over a small network."""

from importlib import import_module
from typing import TYPE_CHECKING

import torch
from streamlit.testing.v1 import AppTest

from core.config.run import RecurrentConfig, RunConfig, TrainConfig, WordsConfig
from core.models.recurrent import Recurrent
from tests.pages.harness import formulas, part_of, text

if TYPE_CHECKING:
    from core.models.trained_network import TrainedNetwork


def small(cell: str = "gru", units: int = 16, seed: int = 0, division: str = "random") -> "TrainedNetwork":
    """A network that has learned nothing yet, on few words."""
    from core.models.trained_network import TrainedNetwork

    model_config = RecurrentConfig(cell=cell, units=units)  # type: ignore[arg-type]
    words = WordsConfig(division=division, per_language=200)  # type: ignore[arg-type]
    config = RunConfig("language-gru", model_config, TrainConfig(), words)
    model = Recurrent(model_config, torch.Generator().manual_seed(seed)).eval()
    return TrainedNetwork(
        model, config, "file", f"small/{cell}/{units}/{seed}/{division}", title="A small one", start=model
    )


MODULES = {"typed": "type_a_word", "how": "gru_steps"}


def panel_over(panel: str, network: "list[TrainedNetwork]", module: str = "", **state: object) -> AppTest:
    """The panel, not yet run, over the last network of the list."""
    section = getattr(import_module(f"pages.ui.language.{module or MODULES.get(panel, panel)}"), panel)
    return part_of(lambda: section(*network[-1:]), state=state)


def words(app: AppTest) -> str:
    """All that is written on the page, formulas too."""
    return f"{text(app)}\n{formulas(app)}"
