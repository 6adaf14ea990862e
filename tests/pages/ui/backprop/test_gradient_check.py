"""The tab "Checked": every control used, every number agreeing, nothing shared changed."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.lessons.backprop.gradient_check import TensorCheck
from pages.ui.backprop import gradient_check_results
from pages.ui.backprop.gradient_check import CODE, checked
from pages.ui.backprop.subject import LOSSES, NETWORKS, TRAINED, Subject
from pages.ui.kit.shell.cache import mnist, shipped_model
from tests.pages.harness import captions, open_part, well, widget

pytestmark = pytest.mark.usefixtures("bundled_only")


@pytest.fixture
def app() -> AppTest:
    mnist.clear()
    return open_part(checked)


def badges(app: AppTest) -> list[str]:
    return [text.value for text in app.markdown if "-badge[" in text.value]


def test_the_first_view_agrees_everywhere(app: AppTest) -> None:
    assert "All 4 gradients agree" in app.success[0].value
    assert len(badges(app)) == 8
    assert all(badge.startswith(":green-badge") for badge in badges(app))
    assert len(app.image) == 13  # three ways of four tensors, and the digit
    assert "2,000 of 78,400" in captions(app)


def test_where_nothing_could_be_measured_it_is_said(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every entry at a corner: neither right nor wrong."""
    found = gradient_check_results.all_checks

    def cornered(subject: Subject) -> list[TensorCheck]:
        first, *others = found(subject)
        return [replace(first, measured=torch.full_like(first.measured, torch.nan)), *others]

    monkeypatch.setattr(gradient_check_results, "all_checks", cornered)
    well(app.run())
    assert not app.success
    assert "Not measured, because every entry is at a kink: W_h." in app.warning[0].value
    assert sum(badge.startswith(":gray-badge") for badge in badges(app)) == 1
    assert sum(badge.startswith(":green-badge") for badge in badges(app)) == 7


def test_every_network_and_loss_agrees(app: AppTest) -> None:
    for network, loss in zip(NETWORKS, [*LOSSES, *LOSSES], strict=True):
        app.selectbox(key="manual_check_network").set_value(network)
        well(app.selectbox(key="manual_check_loss").set_value(loss).run())
        assert app.success
        assert app.selectbox(key="manual_check_activation").disabled == (network == TRAINED)
        assert ("They sum to 0." in captions(app)) == (loss == "Cross-entropy")


def test_a_wider_finite_difference_is_wrong_and_too_narrow_a_one_too(app: AppTest) -> None:
    def error() -> float:
        shown = next(m.value for m in well(app).metric if m.label == "Error")
        return float(shown.replace(" × 10", "e").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))

    wide = error()
    app.select_slider(key="manual_drag_width").set_value(1e-5).run()
    good = error()
    app.select_slider(key="manual_drag_width").set_value(1e-12).run()
    assert good < 1e-8 < wide
    assert error() > 100 * good
    app.slider(key="manual_drag_move").set_value(1.5).run()
    well(app)
    assert "is most accurate at ε =" in captions(app)


def test_any_weight_or_bias_can_be_dragged(app: AppTest) -> None:
    for tensor in ("b_h", "W_o", "b_o"):
        widget(app.selectbox, "manual_drag_tensor").set_value(tensor).run()
        assert any(abs(float(m.value)) > 0 for m in well(app).metric if m.label == "Gradient by hand")
    widget(app.selectbox, "manual_drag_tensor").set_value("W_h").run()
    widget(app.number_input, "manual_drag_fresh_W_h_row").set_value(0).run()  # a corner: always black
    assert "does not depend on this weight" in captions(well(app))


def test_the_shipped_network_stays_as_it_is(app: AppTest) -> None:
    model = shipped_model("mlp-manual").model
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    app.selectbox(key="manual_check_network").set_value(TRAINED)
    app.slider(key="manual_drag_move").set_value(-2.0).run()
    well(app)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_the_code_shown_runs() -> None:
    space: dict[str, Any] = {}
    exec(CODE, space)
    assert space["difference"](space["by_hand"], space["by_hand"]) == 0
    assert 0 < space["difference"](space["by_hand"], space["measured"]) < 1e-6
