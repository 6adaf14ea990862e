"""A panel stays open while its network trains on, diverges or grows very wide."""

from copy import deepcopy

import pytest
import streamlit as st
import torch

from core.config.run import MLPConfig, RunConfig, TrainConfig
from core.data import Mnist
from core.data.examples import RunData
from core.models import as_module, linear_layers
from core.models.trained_network import TrainedNetwork
from core.training.trainer import initial_network
from pages.ui.kit.network.network_panel import panel
from pages.ui.mlp import computed
from tests.pages.harness import captions, open_part, well, widget
from tests.pages.ui.mlp.harness import PANELS, panel_over

pytestmark = pytest.mark.usefixtures("bundled_only")
FAMILIES = {
    "raw": MLPConfig(hidden=(20,), family="raw"),
    "deep": MLPConfig(hidden=(24, 12), activation="relu", normalize=True),
    "linear": MLPConfig(hidden=()),
}


def network(config: MLPConfig, mnist: Mnist, key: str, bias: float = 0.0, weight: float = 0.0) -> TrainedNetwork:
    """A network at its start but for the last layer: something added to one bias and to every weight."""
    run = RunConfig("test", config, TrainConfig())
    start = as_module(initial_network(run, RunData(mnist.train, mnist.test))).eval()
    model = deepcopy(start)
    linear_layers(model)[-1][2][0].add_(bias)
    linear_layers(model)[-1][1].add_(weight)
    return TrainedNetwork(model, run, "file", f"{key}-{config}", title="a test", start=start)


def of_no_number(mnist: Mnist, config: MLPConfig, panel: str, what: str) -> None:
    """The panel over such a network is one sentence: no number, no picture, no widget."""
    bias, weight = {"weights": (float("nan"), 0.0), "outputs": (0.0, 3e38)}[what]
    broken = network(config, mnist, f"diverged-{what}", bias, weight)
    app = well(panel_over(panel, [broken], mnist).run())
    (told,) = app.warning
    assert f"The {what} of this network are NaN or infinite" in told.value
    assert not app.metric
    assert not app.markdown
    assert not app.caption


@pytest.mark.parametrize("panel", PANELS)
def test_a_diverged_network_gets_a_sentence(panel: str, mnist: Mnist) -> None:
    of_no_number(mnist, FAMILIES["deep"], panel, "weights")


def test_outputs_too_large_for_a_number(mnist: Mnist) -> None:
    of_no_number(mnist, FAMILIES["linear"], "edit", "outputs")


@panel
def count(trained: TrainedNetwork) -> None:
    st.caption(f"{torch.get_num_threads()} within")


def threads(trained: TrainedNetwork) -> None:
    torch.set_num_threads(3)
    count(trained)
    st.caption(f"{torch.get_num_threads()} around")


def test_a_panel_computes_on_one_thread(mnist: Mnist) -> None:
    before = torch.get_num_threads()
    try:
        app = open_part(threads, network(FAMILIES["linear"], mnist, "threads"))
    finally:
        torch.set_num_threads(before)
    assert captions(app) == "1 within\n3 around"


@pytest.mark.parametrize("config", [FAMILIES["raw"], FAMILIES["linear"]], ids=["raw", "linear"])
def test_edits_end_when_training_goes_on(config: MLPConfig, mnist: Mnist) -> None:
    """What nobody pulled is no edit, whatever the weight has become; what was pulled is past."""
    at = [network(config, mnist, "run@1")]
    app = well(panel_over("edit", at, mnist).run())
    at.append(network(config, mnist, "run@2", weight=0.5))
    assert "No edits yet." in captions(well(app.run()))
    assert app.metric[1].value == "0"
    well(widget(app.slider, "mlp_edit_value").set_value(-1.5).run())
    assert "set to -1.50" in captions(app)
    at.append(network(config, mnist, "run@3", weight=1.0))
    assert "No edits yet." in captions(well(app.run()))
    assert app.metric[1].value == "0"


def test_edits_stay_while_looking_at_other_weights(mnist: Mnist) -> None:
    app = well(panel_over("edit", [network(FAMILIES["deep"], mnist, "stay")], mnist).run())
    first = widget(app.slider, "mlp_edit_value")
    trained = first.value
    well(first.set_value(1.25).run())
    well(widget(app.number_input, "mlp_edit_to").set_value(5).run())
    assert "set to 1.25" in captions(app)
    assert captions(app).count("set to") == 1
    well(widget(app.number_input, "mlp_edit_to").set_value(3).run())
    assert widget(app.slider, "mlp_edit_value").value == 1.25
    well(widget(app.slider, "mlp_edit_value").set_value(trained).run())
    assert "No edits yet." in captions(app)


def test_a_wide_network_is_looked_at_on_fewer_images(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computed, "ROOM", 300_000)
    wide = network(FAMILIES["deep"], mnist, "wide")
    ready, test = computed.prepared(wide, mnist)
    assert sum(t.numel() for t in (ready.inputs, *ready.before)) * 4 <= 300_000
    assert 60 < len(test) < 100
    assert torch.equal(test.images[1], mnist.test.images[len(mnist.test) // len(test)])
    app = well(panel_over("edit", [wide], mnist).run())
    assert f"on a sample: {len(test)} of the 1,000" in captions(app)
    assert len(computed.sample_signals(wide, mnist, False).inputs) == computed.sample_size(wide) < len(test)
