"""Panels of the MLP page in Streamlit's own harness, each by itself over a network of one's choice."""

from typing import TYPE_CHECKING, Any

from streamlit.testing.v1 import AppTest

if TYPE_CHECKING:
    from core.data import Mnist
    from pages.ui.trained import Trained

PANELS = ("results", "inside", "draw", "edit", "lens")


def show(panel: str, network: "list[Trained]", mnist: "Mnist") -> None:
    """The script that AppTest runs; it is run by itself, without the names of this file."""
    from importlib import import_module

    section = getattr(import_module(f"pages.ui.mlp.{panel}"), panel)
    if panel == "draw":
        section(network[-1])
    else:
        section(network[-1], mnist)


def panel_over(panel: str, network: "list[Trained]", mnist: "Mnist", **state: object) -> AppTest:
    """The panel, not yet run, over the last network of the list: append to it to exchange it."""
    kwargs = {"panel": panel, "network": network, "mnist": mnist}
    app = AppTest.from_function(show, default_timeout=60, kwargs=kwargs)
    for key, value in state.items():
        app.session_state[key] = value
    return app


def well(app: AppTest) -> AppTest:
    """Neither an exception nor the error boundary's message."""
    assert not app.exception
    assert not [error.value for error in app.error]
    return app


def widget(widgets: object, start: str) -> Any:
    """The widget whose key begins so."""
    return next(w for w in widgets if (w.key or "").startswith(start))  # type: ignore[attr-defined]


def captions(app: AppTest) -> str:
    """All captions on the page."""
    return " ".join(caption.value for caption in app.caption)
