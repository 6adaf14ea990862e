"""Every panel over every kind of network: no failure, no change to the network that all browsers share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.config.run import MLPConfig, OptimizerConfig, RunConfig, TrainConfig
from core.data import Mnist
from core.data.examples import RunData
from core.models import as_module
from core.models.trained_network import TrainedNetwork
from core.training.trainer import Trainer, initial_network
from pages.ui.mlp.autograd_demo import autograd_demo
from pages.ui.mlp.formulas import formulas
from pages.ui.mlp.results import results
from tests.pages.harness import captions, open_part, text, well, widget
from tests.pages.ui.mlp.harness import PANELS, panel_over

CONFIGS = {
    "two layers, raw": MLPConfig(hidden=(20,), family="raw"),
    "deep, normalized": MLPConfig(hidden=(24, 12, 8), activation="relu", normalize=True, dropout=0.2),
    "linear": MLPConfig(hidden=()),
}


@dataclass(frozen=True)
class Case:
    """A small network trained for an epoch, and its weights before any panel saw it."""

    trained: TrainedNetwork
    weights: dict[str, torch.Tensor]


@pytest.fixture(scope="module", params=CONFIGS.values(), ids=CONFIGS)
def case(request: pytest.FixtureRequest, mnist: Mnist) -> Iterator[Case]:
    optimizer = OptimizerConfig("sgd", {"lr": 0.1, "momentum": 0.5})
    config = RunConfig("test", request.param, TrainConfig(epochs=1, optimizer=optimizer, threads=1))
    data = RunData(mnist.train, mnist.test)
    trainer = Trainer(config, data)
    trainer.run()
    model = trainer.module.eval()
    model.zero_grad()
    start = as_module(initial_network(config, data)).eval()
    weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    yield Case(TrainedNetwork(model, config, "file", f"test-{request.param}", title="a test", start=start), weights)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, weights[name]), f"a panel changed {name}"
    assert all(parameter.grad is None for parameter in model.parameters())


@pytest.fixture
def open_panel(case: Case, mnist: Mnist, bundled_only: None) -> Callable[[str], AppTest]:
    def open_(panel: str) -> AppTest:
        return well(panel_over(panel, [case.trained], mnist).run())

    return open_


FIRST = {  # what each panel tells at its first view
    "results": "most frequent confusion",
    "inside": "Training changed this layer by",
    "draw": "Prediction: ",
    "edit": "Accuracy is measured on",
    "one_gradient_step": "as a function of this one weight",
}


@pytest.mark.parametrize("panel", PANELS)
def test_opens(panel: str, open_panel: Callable[[str], AppTest]) -> None:
    assert FIRST[panel] in text(open_panel(panel))


@pytest.mark.parametrize(("part", "shown"), [("Classes", "Lowest accuracy"), ("Most confident errors", "True class →")])
def test_every_part_of_results(part: str, shown: str, case: Case, mnist: Mnist, bundled_only: None) -> None:
    assert shown in text(open_part(results, case.trained, mnist, part))


def test_every_view_inside(open_panel: Callable[[str], AppTest], case: Case) -> None:
    app = open_panel("inside")
    well(app.button_group(key="mlp_inside").set_value("Histograms").run())
    quantity = widget(app.button_group, "mlp_spread_")
    well(widget(app.button_group, "mlp_spread_").set_value(quantity.options[-1]).run())
    well(app.button_group(key="mlp_inside").set_value("Initialization").run())
    assert len(app.metric) == (3 if case.trained.config.model.hidden else 0)


def test_edits_add_up_and_are_undone(open_panel: Callable[[str], AppTest], case: Case) -> None:
    app = open_panel("edit")
    trained = app.metric[0].value
    well(widget(app.slider, "mlp_edit_value").set_value(2.0).run())
    assert "set to 2.00" in captions(app)
    if case.trained.config.model.hidden:
        well(widget(app.button_group, "mlp_edit_kind").set_value("Ablate units").run())
        well(app.button(key="mlp_edit_silence").click().run())
        well(app.button(key="mlp_edit_random").click().run())
        assert "set to 2.00" in captions(app)
        assert "ablated in hidden layer 1" in captions(app)
    assert int(app.metric[1].value.replace(",", "")) > 0
    well(app.button(key="mlp_edit_reset").click().run())
    assert app.metric[0].value == trained
    assert app.metric[1].value == "0"


def test_one_step_on_another_layer(open_panel: Callable[[str], AppTest], case: Case) -> None:
    app = open_panel("one_gradient_step")
    before, alone, together = (float(metric.value) for metric in app.metric)
    assert alone <= before
    assert together < before
    last = widget(app.selectbox, "mlp_lens")
    last.set_value(last.options[-1])
    app.button_group(key="mlp_lens_when").set_value("trained")
    well(app.button_group(key="mlp_lens_window").set_value("close-up").run())


def test_results_show_the_images_of_a_cell(open_panel: Callable[[str], AppTest]) -> None:
    app = open_panel("results")
    app.selectbox(key="mlp_is").set_value(1)
    well(app.selectbox(key="mlp_read").set_value(1).run())
    assert any("of class 1 predicted as 1" in c.value or "No image of class 1" in c.value for c in app.caption)


@pytest.mark.parametrize(
    ("config", "optimizer"),
    [*zip([*CONFIGS.values()] * 2, ["sgd", "sgd-by-hand", "rmsprop", "adam", None], strict=False)],
)
def test_formulas_have_the_shapes_of_the_network(config: MLPConfig, optimizer: str | None) -> None:
    train = TrainConfig(optimizer=OptimizerConfig(optimizer), reduction="sum") if optimizer else None
    app = open_part(formulas, config, 96, train)
    shown = "\n".join(latex.value for latex in app.latex)
    for n_in, n_out in zip(config.widths, config.widths[1:], strict=False):
        assert f"({n_in}, {n_out})" in shown
        assert f"(96, {n_out})" in shown
    total = sum((a + 1) * b for a, b in zip(config.widths, config.widths[1:], strict=False))
    assert any(f"**{total:,}**" in markdown.value for markdown in app.markdown)


def test_autograd_of_the_course_slides_and_of_another_function() -> None:
    app = open_part(autograd_demo)
    assert "[4, 2, 4]" in app.code[0].value
    function = app.selectbox(key="mlp_function")
    well(function.select(function.options[-1]).run())
    well(app.number_input(key="mlp_a0").set_value(-1.5).run())
    assert "-1.5" in app.code[0].value
