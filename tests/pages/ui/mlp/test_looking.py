"""Looking changes nothing: every widget of every panel used, over the networks that all browsers share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.config.run import MLPConfig
from core.data import Mnist
from core.data.examples import RunData
from core.models import as_module
from core.recipes.texts import train_recipes
from core.training.trainer import initial_network
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.shell.cache import shipped_model
from tests.pages.harness import left_alone, well
from tests.pages.ui.mlp.harness import PANELS, panel_over

pytestmark = pytest.mark.usefixtures("bundled_only")
KINDS = ("button_group", "selectbox", "number_input", "slider", "select_slider", "button")


AT_LEAST = ("linear-softmax", "mlp-deep")  # none and many hidden layers
EVERY = [name if name in AT_LEAST else pytest.param(name, marks=pytest.mark.long) for name in train_recipes(MLPConfig)]


@pytest.fixture(params=EVERY)
def network(request: pytest.FixtureRequest, mnist: Mnist) -> Iterator[Trained]:
    """A network that must be the same after the test: weights, gradients and mode, now and at its start."""
    ours = shipped_model(request.param)
    start = as_module(initial_network(ours.config, RunData(mnist.train, mnist.test))).eval()
    trained = Trained(f"shipped:{request.param}", "a test", ours.config, ours.model, start)
    with left_alone(mnist, trained.model, trained.start):
        yield trained


LEAST = {"results": 2, "inside": 3, "draw": 3, "edit": 8, "lens": 9}  # widgets that every network has


def moves(kind: str, widget: Any) -> list[Callable[[Any], AppTest]]:
    """What a hand can do with a widget: press it, choose another option, go to either end."""
    if kind == "button":
        return [lambda button: button.click().run()]
    if kind in ("number_input", "slider"):
        places = [widget.max, widget.min]
    elif kind == "button_group":
        places = widget.options
    else:
        places = [widget.options[-1], widget.options[0]]
    if kind == "select_slider":
        places = [float(place) for place in places]
    return [lambda widget, place=place: widget.set_value(place).run() for place in places]  # type: ignore[misc]


def use_everything(app: AppTest, used: set[str]) -> set[str]:
    """Use every widget not yet used, and after each move those that have appeared; returns their keys."""
    while fresh := [
        (kind, widget) for kind in KINDS for widget in app.get(kind) if widget.key not in used and not widget.disabled
    ]:
        kind, first = fresh[0]
        used.add(first.key)
        for move in moves(kind, first):
            for widget in app.get(kind):
                if widget.key == first.key:
                    well(move(widget))
                    use_everything(app, used)
                    break
    return used


@pytest.mark.long
@pytest.mark.parametrize("panel", PANELS)
def test_looking_changes_no_shared_network(panel: str, network: Trained, mnist: Mnist) -> None:
    used = use_everything(well(panel_over(panel, [network], mnist).run()), set())
    assert len(used) >= LEAST[panel]
