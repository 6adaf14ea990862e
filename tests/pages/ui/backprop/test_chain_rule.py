"""The tabs "Chain rule" and "Long product" in Streamlit's own harness, every control used."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch.nn.functional import one_hot

from core.backprop.long_product import long_product
from core.backprop.network import Layer, loss_and_gradients, small_batch, small_layers
from core.backprop.pieces import MANUAL_ACTIVATIONS
from core.backprop.walk import walk
from core.charts.computation_graph import FORWARD
from core.data import load
from core.models import linear_layers
from core.models.trained_network import load_shipped
from pages.ui.backprop import chain_rule
from pages.ui.backprop import long_product as product_tab
from pages.ui.backprop.networks import FRESH
from tests.pages.harness import formulas, part_of, widget

pytestmark = pytest.mark.usefixtures("bundled_only")


def tab(part: Callable[[], None], **state: object) -> AppTest:
    """A tab, run once."""
    return well(part_of(part, state=state).run())


def well(app: AppTest) -> AppTest:
    """Neither an exception nor the error boundary's message, nor one of Streamlit's own warnings."""
    assert not app.exception
    assert not [error.value for error in (*app.error, *app.warning)]
    return app


def test_the_loss_of_one_image_stands_in_the_circle_and_only_its_digit_is_lit() -> None:
    app = tab(chain_rule.chain_rule, manual_step=5)
    x, labels = small_batch(1, 2)
    step = walk(small_layers(1), "sigmoid", x, labels)[4]
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    circles = [trace for trace in figure["data"] if trace.get("mode") == "markers+text"]
    assert circles[-1]["customdata"] == [f"loss of image 0 = {float(step.each[0]):.8g}"]
    lit = [ink == FORWARD for ink in circles[-2]["marker"]["line"]["color"]]
    assert lit == [unit == int(labels[0]) for unit in range(3)]
    assert "the loss of image 0 alone" in " ".join(caption.value for caption in app.caption)


def test_the_update_takes_the_rate_that_is_chosen() -> None:
    app = tab(chain_rule.chain_rule, manual_step=13)
    assert r"W_h \leftarrow W_h - \eta\," in formulas(app)
    before = formulas(app)
    well(app.select_slider(key="manual_walk_lr").set_value(1.0).run())
    assert formulas(app) != before
    cell = walk(small_layers(1), "sigmoid", *small_batch(1, 2), 1.0)[12].cell(
        int(widget(app.number_input, "manual_row_13").value), int(widget(app.number_input, "manual_column_13").value)
    )
    assert cell.worked() in formulas(app)


def test_the_chosen_cell_is_written_out_with_its_numbers() -> None:
    app = tab(chain_rule.chain_rule)
    widget(app.number_input, "manual_row_1").set_value(1)
    well(widget(app.number_input, "manual_column_1").set_value(2).run())
    layers, (x, labels) = small_layers(1), small_batch(1, 2)
    cell = walk(layers, "sigmoid", x, labels)[0].cell(1, 2)
    assert cell.worked() in formulas(app)
    assert f"{cell.value:.6g}" in formulas(app)


def test_activation_seed_batch_and_inputs_change_the_walk() -> None:
    app = tab(chain_rule.chain_rule)
    seen = {formulas(app)}
    app.number_input(key="manual_x_1_0_0").set_value(4.5)
    well(widget(app.number_input, "manual_row_1").set_value(0).run())
    assert "4.5" in formulas(app)
    seen.add(formulas(app))
    well(app.number_input(key="manual_walk_seed").set_value(7).run())
    seen.add(formulas(app))
    well(app.slider(key="manual_step").set_value(2).run())
    for activation in ("tanh", "relu"):
        well(app.selectbox(key="manual_walk_activation").set_value(activation).run())
        seen.add(formulas(app))
    well(app.slider(key="manual_step").set_value(6).run())
    widget(app.number_input, "manual_row_6").set_value(0)
    for label in range(3):
        well(app.number_input(key="manual_y_7_0").set_value(label).run())
        seen.add(formulas(app))
    well(widget(app.button_group, "manual_walk_images").set_value(1).run())
    seen.add(formulas(app))
    assert len(seen) >= 8
    assert not [w.key for w in app.number_input if w.key.startswith("manual_x_7_1")]


def test_a_real_digit_shows_the_largest_terms_of_a_long_sum() -> None:
    app = tab(chain_rule.chain_rule, manual_walk_network=chain_rule.BIG, manual_step=1)
    assert any("Step 1 of 16" in part.value for part in app.markdown)
    assert r"_{781\text{ more: }" in formulas(app)
    before = formulas(app)
    well(widget(app.number_input, "manual_walk_image").set_value(3).run())
    middle = formulas(app)
    well(widget(app.button_group, "manual_walk_weights").set_value(FRESH).run())
    assert len({before, middle, formulas(app)}) == 3


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_the_code_of_the_chain_rule_runs(activation: Any) -> None:
    (W_h, b_h), (W_o, b_o) = layers = small_layers(3)
    x, y = small_batch(3, 2)
    sigma = MANUAL_ACTIVATIONS[activation]
    names = {
        "x": x,
        "y": y,
        "W_h": W_h,
        "b_h": b_h,
        "W_o": W_o,
        "b_o": b_o,
        "torch": torch,
        "one_hot": one_hot,
        "sigma": sigma.value,
        "derivative": sigma.derivative,
        "lr": 0.1,
    }
    exec(chain_rule.CODE, names)
    loss, (hidden, output) = loss_and_gradients(layers, activation, x, y)
    for name, wanted in (
        ("L", loss),
        ("dW_h", hidden.weight),
        ("db_h", hidden.bias),
        ("dW_o", output.weight),
        ("db_o", output.bias),
        ("W_h", W_h - 0.1 * hidden.weight),
        ("b_o", b_o - 0.1 * output.bias),
    ):
        assert torch.allclose(names[name], wanted)


def test_the_sizes_on_the_screen_are_those_of_the_product() -> None:
    app = tab(product_tab.long_product_tab)
    mnist = load("small")
    model = load_shipped("mlp-deep").model
    layers = [Layer(weight.T.double(), bias.double()) for _, weight, bias in linear_layers(model)]
    x = model.normalize(mnist.test.images[5].reshape(1, -1)).double()  # type: ignore[operator]
    widget(app.number_input, "manual_product_image").set_value(5)
    well(widget(app.slider, "manual_factor").set_value(4).run())
    factors = long_product(layers, "relu", x, int(mnist.test.labels[5]))
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["RMS of the product so far"] == f"{factors[3].rms:.3g}"
    assert shown["Change by this factor"] == f"× {factors[3].rms / factors[2].rms:.3g}"
    told = " ".join(caption.value for caption in app.caption)
    word = "smaller" if factors[-2].rms < factors[0].rms else "larger"
    assert re.search(rf"× {word}", told)
    assert re.search(r"relative difference (0|\d\.?\d*e-1[2-9])\. ", told)
    well(widget(app.button_group, "manual_product_weights").set_value("at initialization").run())
    assert " ".join(caption.value for caption in app.caption) != told


def test_the_code_of_the_long_product_runs() -> None:
    layers = [*small_layers(1), Layer(torch.randn(3, 4).double(), torch.randn(4).double())]
    x, _ = small_batch(1, 1)
    sigma = MANUAL_ACTIVATIONS["tanh"]
    names: dict[str, Any] = {
        "x": x,
        "weights": [layer.weight for layer in layers],
        "biases": [layer.bias for layer in layers],
        "torch": torch,
        "sigma": sigma.value,
        "y": one_hot(torch.tensor([2]), 4),
        "derivative": lambda z: sigma.derivative(z, sigma.value(z)),
    }
    exec(product_tab.CODE, names)
    _, gradients = loss_and_gradients(layers, "tanh", x, torch.tensor([2]))
    assert torch.allclose(names["gradient"], gradients[0].weight)
