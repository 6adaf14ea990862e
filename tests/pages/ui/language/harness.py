"""Panels of the Language ID page in Streamlit's own harness, each by itself over a small network."""

from typing import TYPE_CHECKING, Any

import torch
from streamlit.testing.v1 import AppTest

from core.config import RecurrentConfig, RunConfig, TrainConfig, WordsConfig
from core.models.recurrent import Recurrent

if TYPE_CHECKING:
    from pages.ui.trained import Trained


def show(module: str, panel: str, network: "list[Trained]") -> None:
    """The script that AppTest runs; it is run by itself, without the names of this file."""
    from importlib import import_module

    section = getattr(import_module(f"pages.ui.language.{module}"), panel)
    if network:
        section(network[-1])
    else:
        section()


def small(cell: str = "gru", units: int = 16, seed: int = 0, division: str = "random") -> "Trained":
    """A network that has learnt nothing yet, on few words."""
    from pages.ui.trained import Trained

    model_config = RecurrentConfig(cell=cell, units=units)  # type: ignore[arg-type]
    words = WordsConfig(division=division, per_language=200)  # type: ignore[arg-type]
    config = RunConfig("language-gru", model_config, TrainConfig(), words)
    model = Recurrent(model_config, torch.Generator().manual_seed(seed)).eval()
    return Trained(f"small/{cell}/{units}/{seed}/{division}", "A small one", config, model, model)


def panel_over(panel: str, network: "list[Trained]", module: str = "", **state: object) -> AppTest:
    """The panel, not yet run, over the last network of the list."""
    kwargs = {"module": module or panel, "panel": panel, "network": network}
    app = AppTest.from_function(show, default_timeout=120, kwargs=kwargs)
    for key, value in state.items():
        app.session_state[key] = value
    return app


def well(app: AppTest) -> AppTest:
    """Neither an exception nor the error boundary's message."""
    assert not app.exception
    assert not [error.value for error in app.error]
    return app


def words(app: AppTest) -> str:
    """All that is written on the page."""
    return " ".join(part.value for part in [*app.markdown, *app.caption, *app.info, *app.latex])


def widget(widgets: object, start: str) -> Any:
    """The widget whose key begins so."""
    return next(w for w in widgets if (w.key or "").startswith(start))  # type: ignore[attr-defined]
