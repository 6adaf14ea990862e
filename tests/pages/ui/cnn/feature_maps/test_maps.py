"""The part "Maps": every layer enlarged, other pictures and channels, a click on the sheet."""

import pytest
import torch

from core.data import Mnist
from core.lessons.cnn.feature_maps import map_layers
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn import maps
from pages.ui.cnn.feature_maps import feature_maps
from pages.ui.cnn.map_rows import MOST
from pages.ui.kit.shell.cache import shipped_model
from tests.pages.harness import open_part, text, well, widget
from tests.pages.ui.cnn.feature_maps.harness import CONFIGS, built, config_of, part

pytestmark = pytest.mark.usefixtures("bundled_only")


def test_every_layer_can_be_enlarged(trained: TrainedNetwork, mnist: Mnist) -> None:
    config = config_of(trained)
    app = part("Maps", trained, mnist)
    names = [layer.name for layer in config.layers() if layer.kind not in ("flatten", "dropout")]
    assert widget(app.selectbox, "cnn_maps_layer").options == names
    last_of_its_kind = {layer.kind: layer for layer in config.layers() if layer.name in names}
    for layer in last_of_its_kind.values():
        well(widget(app.selectbox, "cnn_maps_layer").set_value(layer.name).run())
        told = text(app)
        if layer.name in map_layers(config):
            assert f"**{layer.name}, channel 0** · {layer.shape[1]} × {layer.shape[2]}" in told
            assert "**Kernel** (conv" in told
            assert ("frozen at its random start" in told) == config.frozen
        else:
            assert f"**{layer.name}** · {layer.shape[0]:,}" in told
    assert "softmax" in text(app)


def test_channels_and_colors_of_the_maps(trained: TrainedNetwork, mnist: Mnist) -> None:
    config = config_of(trained)
    app = part("Maps", trained, mnist)
    well(widget(app.segmented_control, "cnn_maps_reach").set_value("per map").run())
    groups = [box for box in app.selectbox if (box.key or "").startswith("cnn_maps_group")]
    assert bool(groups) == (max(config.channels) > MOST)
    for group in groups:
        well(group.set_value(group.options[-1]).run())
    if max(config.channels) == 1:
        assert not [box for box in app.number_input if "channel" in (box.key or "")]
        return
    well(widget(app.selectbox, "cnn_maps_layer").set_value(f"act{len(config.channels)}").run())
    last = config.channels[-1] - 1
    well(widget(app.number_input, "cnn_maps_channel").set_value(last).run())
    assert f"channel {last}**" in text(app)
    well(widget(app.selectbox, "cnn_maps_layer").set_value("conv1").run())  # it has fewer
    assert f"**conv1, channel {config.channels[0] - 1}**" in text(app)
    assert widget(app.number_input, "cnn_maps_channel").value == config.channels[0] - 1


def test_another_picture(trained: TrainedNetwork, mnist: Mnist) -> None:
    app = part("Maps", trained, mnist)
    well(widget(app.number_input, "cnn_maps_index").set_value(999).run())
    with torch.no_grad():
        digit = int(trained.model(mnist.test.images[999][None]).argmax())
    assert f"Predicted: **{digit}**" in text(app)
    well(widget(app.segmented_control, "cnn_maps_subject").set_value("my own drawing").run())


def test_the_shipped_network_reads_the_four(mnist: Mnist) -> None:
    came = shipped_model("cnn-lab")
    app = part(
        "Maps", TrainedNetwork(came.model, came.config, "file", "four", title="shipped", start=came.model), mnist
    )
    assert widget(app.number_input, "cnn_maps_index").value == 4
    label = int(mnist.test.labels[4])
    assert f"Predicted: **{label}**, correct" in text(app)


def test_a_click_chooses_layer_and_channel(mnist: Mnist) -> None:
    """The callback of the sheet: row 0 is the input, which has no kernel."""
    network = built(CONFIGS["builder"], mnist, "click")
    config = config_of(network)
    names = [layer.name for layer in config.layers() if layer.kind not in ("flatten", "dropout")]

    def clicking(rows: list[tuple[int, int]]) -> None:
        for row, picture in rows:
            maps.picked(config, names, 0, row, picture)
        feature_maps(network, mnist)

    for rows, told in (
        ([(0, 0)], "**conv1, channel 0**"),
        ([(6, 33)], "**act2, channel 33**"),
        ([(6, 33), (8, 0)], "**out** · 10"),
    ):
        assert told in text(open_part(clicking, rows))
    assert [layer.name for layer in config.layers()][5] == "act2"
