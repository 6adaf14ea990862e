"""Maximally activating images, saliency and Grad-CAM."""

import pytest
import torch

from core.data import Mnist
from core.lessons.cnn.feature_maps import map_layers
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.shell.cache import shipped_model
from tests.pages.harness import text, well, widget
from tests.pages.ui.cnn.feature_maps.harness import CONFIGS, built, config_of, part

pytestmark = pytest.mark.usefixtures("bundled_only")


def test_each_channels_strongest_images(trained: TrainedNetwork, mnist: Mnist) -> None:
    config = config_of(trained)
    app = part("Maximally activating images", trained, mnist)
    assert widget(app.selectbox, "cnn_excites_layer").value == f"act{len(config.channels)}"
    for block, count in enumerate(config.channels, start=1):
        well(widget(app.selectbox, "cnn_excites_layer").set_value(f"act{block}").run())
        told = text(app)
        assert "is inactive" in told or told.count(" · ") >= 1
        if count > 1:
            well(widget(app.number_input, "cnn_excites_channel").set_value(count - 1).run())
            well(widget(app.button, "cnn_excites_next").click().run())
            assert widget(app.number_input, "cnn_excites_channel").value == 0


def test_the_strongest_image_is_the_strongest(mnist: Mnist) -> None:
    came = shipped_model("cnn-lab")
    app = part(
        "Maximally activating images",
        TrainedNetwork(came.model, came.config, "file", "strong", title="x", start=came.model),
        mnist,
    )
    with torch.no_grad():
        act = next(out for name, out in came.model.walk(mnist.test.images) if name == "act2")
    values = act[:, 0].amax(dim=(1, 2))
    best = int(values.argmax())
    assert f"a **{int(mnist.test.labels[best])}** · {float(values[best]):.3g}" in text(app)


def test_an_inactive_channel_says_so(mnist: Mnist) -> None:
    network = built(CONFIGS["frozen"], mnist, "silent")
    with torch.no_grad():
        network.model.layers.conv1.weight.zero_()
        network.model.layers.conv1.bias.fill_(-1.0)
    assert "Channel 0 of act1 is inactive" in text(part("Maximally activating images", network, mnist))
    assert "nowhere positive" in text(part("Saliency", network, mnist))


def test_saliency_and_grad_cam_of_every_layer(trained: TrainedNetwork, mnist: Mnist) -> None:
    config = config_of(trained)
    app = part("Saliency", trained, mnist)
    assert text(app).count("Saliency: ") == 2
    for layer in widget(app.selectbox, "cnn_looks_layer").options:
        well(widget(app.selectbox, "cnn_looks_layer").set_value(layer).run())
        assert text(app).count(f"Grad-CAM at {layer}: ") == 2
    with torch.no_grad():
        digit = int(trained.model(mnist.test.images[4][None]).argmax())
    other = (digit + 3) % 10
    well(widget(app.selectbox, "cnn_looks_digit").set_value(str(other)).run())
    assert f"**{other}**, compared with" in text(app)
    well(widget(app.selectbox, "cnn_looks_digit").set_value(str(digit)).run())
    assert text(app).count("Saliency: ") == 1
    well(widget(app.toggle, "cnn_looks_over").set_value(False).run())
    well(widget(app.segmented_control, "cnn_looks_when").set_value("before training").run())
    assert "is untrained" in text(app)
    assert len(map_layers(config)) >= len(widget(app.selectbox, "cnn_looks_layer").options)
