"""The part "Ablation": channels off, kernels rewritten, and what it costs to leave each channel out."""

from copy import deepcopy

import numpy as np
import pytest
import torch

from core.data import Mnist
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn import network_editing
from pages.ui.cnn.feature_maps import feature_maps
from tests.pages.harness import metric, open_part, text, well, widget
from tests.pages.ui.cnn.feature_maps.harness import CONFIGS, built, config_of, part

pytestmark = pytest.mark.usefixtures("bundled_only")


def test_switching_channels_off_and_undoing_it(trained: TrainedNetwork, mnist: Mnist) -> None:
    config = config_of(trained)
    app = part("Ablation", trained, mnist)
    untouched = metric(app, "Test accuracy")
    assert metric(app, "Predictions changed") == "0"
    assert "No edits yet." in text(app)
    for block, count in enumerate(config.channels, start=1):
        widget(app.multiselect, f"cnn_change_off{block}").set_value(list(range(count)))
    well(app.run())
    total = sum(config.channels)
    assert f"{total} channel{'s' if total > 1 else ''} off" in text(app)
    with torch.no_grad():  # nothing gets through: every image gets the same prediction
        rest = trained.model.layers[[n for n, _ in trained.model.layers.named_children()].index("flatten") + 1 :]
        width = next(layer.shape[0] for layer in config.layers() if layer.name == "flatten")
        answer = int(rest(torch.zeros(1, width)).argmax())
    assert f"**{answer}** (" in text(app)
    share = float((mnist.test.labels == answer).float().mean())
    well(widget(app.toggle, "cnn_change_all").set_value(True).run())
    assert metric(app, "Test accuracy") == f"{share:.2%}"
    well(widget(app.button, "cnn_change_undo").click().run())
    assert metric(app, "Predictions changed") == "0"
    well(widget(app.toggle, "cnn_change_all").set_value(False).run())
    assert metric(app, "Test accuracy") == untouched
    for box in app.selectbox:
        if (box.key or "").startswith("cnn_change_group"):
            well(box.set_value(box.options[-1]).run())


def test_rewriting_a_kernel(trained: TrainedNetwork, mnist: Mnist) -> None:
    config = config_of(trained)
    app = part("Ablation", trained, mnist, cnn_change_operation="Edit a kernel")
    found = trained.model.get_parameter("layers.conv1.weight")[0, 0].detach().numpy()

    def table() -> np.ndarray:
        return app.data_editor[0].value.to_numpy().astype(np.float32)

    assert np.array_equal(table(), found)
    assert "No edits yet." in text(app)
    for button, expected in (("flip", -found), ("mirror", -found[:, ::-1]), ("zero", 0 * found), ("back", found)):
        well(widget(app.button, f"cnn_kernel_{button}").click().run())
        assert np.array_equal(table(), expected)
        assert ("1 kernel edited" in text(app)) == (not np.array_equal(expected, found))
    key = app.data_editor[0].key
    assert well(app.run()).data_editor[0].key == key  # the same table as long as it is on the screen
    app.session_state[key] = {"edited_rows": {0: {"0": 40.0}}, "added_rows": [], "deleted_rows": []}
    well(app.run())
    assert "1 kernel edited" in text(app)
    with torch.no_grad():
        twin = deepcopy(trained.model)
        twin.layers.conv1.weight[0, 0, 0, 0] = 40.0
        answer = int(twin(mnist.test.images[4][None]).argmax())
    assert f"**{answer}** (" in next(m.value for m in app.markdown if m.value.startswith("Predicted for this image"))
    for operation in (network_editing.OFF, network_editing.KERNEL):  # and while the table is not on the screen
        well(app.segmented_control(key="cnn_change_operation").set_value(operation).run())
    assert table()[0, 0] == 40.0
    assert "1 kernel edited" in text(app)
    if config.channels[0] > 1:  # what was rewritten stays while another kernel is looked at
        well(widget(app.number_input, "cnn_kernel_to").set_value(1).run())
        assert "1 kernel edited" in text(app)
        well(widget(app.number_input, "cnn_kernel_to").set_value(0).run())
        assert table()[0, 0] == 40.0
    well(widget(app.button, "cnn_change_undo").click().run())
    assert "No edits yet." in text(app)
    assert metric(app, "Predictions changed") == "0"


def test_an_empty_cell_is_asked_for(mnist: Mnist) -> None:
    network = built(CONFIGS["frozen"], mnist, "empty")
    app = part("Ablation", network, mnist, cnn_change_operation="Edit a kernel")
    key = app.data_editor[0].key
    app.session_state[key] = {"edited_rows": {1: {"1": None}}, "added_rows": [], "deleted_rows": []}
    well(app.run())
    assert "Every cell needs a number" in app.warning[0].value
    assert metric(app, "Predictions changed") == "0"


def test_kernel_edits_belong_to_one_network(mnist: Mnist) -> None:
    networks = [built(CONFIGS["frozen"], mnist, "first")]

    state = {"cnn_maps_part": "Ablation", "cnn_change_operation": "Edit a kernel"}
    app = open_part(lambda: feature_maps(networks[-1], mnist), state=state)
    well(widget(app.button, "cnn_kernel_zero").click().run())
    assert "1 kernel edited" in text(app)
    networks.append(built(CONFIGS["frozen"], mnist, "second"))
    assert "No edits yet." in text(well(app.run()))


def test_a_chart_that_takes_long_waits_for_a_click(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.cnn.map_results.QUICK", 0)
    app = part("Ablation", built(CONFIGS["builder"], mnist, "slow"), mnist)
    assert not any(word in text(app) for word in ("matters most", "redundant"))
    well(widget(app.button, "cnn_knock_go").click().run())
    assert any(word in text(app) for word in ("matters most", "redundant"))


def test_a_chart_that_takes_hours_is_not_offered(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.cnn.map_results.ENDLESS", 0)
    app = part("Ablation", built(CONFIGS["builder"], mnist, "endless"), mnist)
    assert "billion multiplications" in text(app)
    assert not [button for button in app.button if button.key == "cnn_knock_go"]
