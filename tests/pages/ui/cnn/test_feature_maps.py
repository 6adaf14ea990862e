"""The tab "Feature maps", every control of it, over several networks; the shared network stays as it is."""

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from core.cnn_config import CNNConfig
from core.config import RunConfig, TrainConfig
from core.data import Mnist
from core.models import as_module
from core.models.layers import Normalize
from core.probes.feature_maps import map_layers
from core.snippets_cnn import network_code
from core.training.trainer import RunData, initial_network
from pages.ui.cache import shipped_model
from pages.ui.cnn import attention, excites, maps, surgery
from pages.ui.cnn.feature_maps import feature_maps
from pages.ui.cnn.layer_words import tag
from pages.ui.trained import Trained
from tests.pages.harness import left_alone, metric, open_part, text, well, widget

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("bundled_only")

CONFIGS = {
    "builder": CNNConfig(
        channels=(3, 70), kernels=(3, 3), strides=(2, 1), paddings=(0, 1), pools=("none", "average"),
        batch_norm=True, hidden=(), activation="tanh", normalize=True,
    ),
    "frozen": CNNConfig(
        channels=(1,), kernels=(4,), strides=(1,), paddings=(2,), pools=("max",), hidden=(12,), dropout=0.3,
        frozen=True,
    ),
}  # fmt: skip
NAMES = ("cnn-lab", *CONFIGS)
PARTS = ("Maps", "Change it", "What excites a channel", "Where it looks")


def built(config: CNNConfig, mnist: Mnist, key: str) -> Trained:
    run = RunConfig("test", config, TrainConfig())
    start = as_module(initial_network(run, RunData(mnist.train, mnist.test))).eval()
    return Trained(f"{key}-{tag(config)}", "a test", run, deepcopy(start), start)


@pytest.fixture(params=NAMES)
def trained(request: pytest.FixtureRequest, mnist: Mnist) -> "Iterator[Trained]":
    """Each network in turn; afterwards it must be what it was, bit for bit, with no gradient in it."""
    if request.param in CONFIGS:
        network = built(CONFIGS[request.param], mnist, request.param)
    else:
        came = shipped_model(request.param)
        network = Trained(f"test:{request.param}", "shipped", came.config, came.model, deepcopy(came.model))
    with left_alone(mnist, network.model, network.start):
        yield network


def part(name: str, trained: Trained, mnist: Mnist, **state: object) -> AppTest:
    return open_part(feature_maps, trained, mnist, state={"cnn_maps_part": name, **state})


def config_of(trained: Trained) -> CNNConfig:
    assert isinstance(trained.config.model, CNNConfig)
    return trained.config.model


def test_every_layer_can_be_enlarged(trained: Trained, mnist: Mnist) -> None:
    config = config_of(trained)
    app = part("Maps", trained, mnist)
    names = [layer.name for layer in config.layers() if layer.kind not in ("flatten", "dropout")]
    assert widget(app.selectbox, "cnn_maps_layer").options == names
    for layer in config.layers():
        if layer.name in names:
            well(widget(app.selectbox, "cnn_maps_layer").set_value(layer.name).run())
            told = text(app)
            if layer.name in map_layers(config):
                assert f"**{layer.name}, channel 0** · {layer.shape[1]} × {layer.shape[2]} numbers" in told
                assert "**Its kernel** (conv" in told
                assert ("left random as it started" in told) == config.frozen
            else:
                assert f"**{layer.name}** · {layer.shape[0]:,}" in told
    assert "softmax" in text(app)


def test_channels_and_colours_of_the_maps(trained: Trained, mnist: Mnist) -> None:
    config = config_of(trained)
    app = part("Maps", trained, mnist)
    for reach in ("the layer's largest number", "each map's own"):
        well(widget(app.segmented_control, "cnn_maps_reach").set_value(reach).run())
    groups = [box for box in app.selectbox if (box.key or "").startswith("cnn_maps_group")]
    assert bool(groups) == (max(config.channels) > 64)
    for group in groups:
        well(group.set_value("64 to 127").run())
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


def test_another_picture(trained: Trained, mnist: Mnist) -> None:
    app = part("Maps", trained, mnist)
    for index in (0, 999):
        well(widget(app.number_input, "cnn_maps_index").set_value(index).run())
        with torch.no_grad():
            digit = int(trained.model(mnist.test.images[index][None]).argmax())
        assert f"read as a **{digit}**" in text(app)
    well(widget(app.segmented_control, "cnn_maps_subject").set_value("my own drawing").run())


def test_the_shipped_network_reads_the_four(mnist: Mnist) -> None:
    came = shipped_model("cnn-lab")
    app = part("Maps", Trained("four", "shipped", came.config, came.model, came.model), mnist)
    assert widget(app.number_input, "cnn_maps_index").value == 4
    label = int(mnist.test.labels[4])
    assert f"read as a **{label}**, rightly" in text(app)


def test_a_click_chooses_layer_and_channel(mnist: Mnist) -> None:
    """The callback of the sheet: row 0 is the input, which has no more to tell."""
    network = built(CONFIGS["builder"], mnist, "click")
    config = config_of(network)
    names = [layer.name for layer in config.layers() if layer.kind not in ("flatten", "dropout")]

    def clicking(rows: list[tuple[int, int]]) -> None:
        for row, picture in rows:
            maps._picked(config, names, 0, row, picture)
        feature_maps(network, mnist)

    for rows, told in (
        ([(0, 0)], "**conv1, channel 0**"),
        ([(6, 33)], "**act2, channel 33**"),
        ([(6, 33), (8, 0)], "**out** · 10"),
    ):
        assert told in text(open_part(clicking, rows))
    assert [layer.name for layer in config.layers()][5] == "act2"


def test_switching_channels_off_and_undoing_it(trained: Trained, mnist: Mnist) -> None:
    config = config_of(trained)
    app = part("Change it", trained, mnist)
    untouched = metric(app, "Test accuracy")
    assert metric(app, "Answers changed") == "0"
    assert "Nothing changed yet." in text(app)
    for block, count in enumerate(config.channels, start=1):
        well(widget(app.multiselect, f"cnn_change_off{block}").set_value(list(range(count))).run())
    total = sum(config.channels)
    assert f"{total} channel{'s' if total > 1 else ''} off" in text(app)
    with torch.no_grad():  # nothing gets through: every image gets the same answer
        rest = trained.model.layers[
            [n for n, _ in trained.model.layers.named_children()].index("flatten") + 1 :
        ]
        width = next(layer.shape[0] for layer in config.layers() if layer.name == "flatten")
        answer = int(rest(torch.zeros(1, width)).argmax())
    assert f"**{answer}** (" in text(app)
    share = float((mnist.test.labels == answer).float().mean())
    well(widget(app.toggle, "cnn_change_all").set_value(True).run())
    assert metric(app, "Test accuracy") == f"{share:.2%}"
    well(widget(app.button, "cnn_change_undo").click().run())
    assert metric(app, "Answers changed") == "0"
    well(widget(app.toggle, "cnn_change_all").set_value(False).run())
    assert metric(app, "Test accuracy") == untouched
    for box in app.selectbox:
        if (box.key or "").startswith("cnn_change_group"):
            well(box.set_value("64 to 127").run())


def test_rewriting_a_kernel(trained: Trained, mnist: Mnist) -> None:
    config = config_of(trained)
    app = part("Change it", trained, mnist, cnn_change_operation="Rewrite a kernel")
    found = trained.model.get_parameter("layers.conv1.weight")[0, 0].detach().numpy()

    def table() -> np.ndarray:
        return app.data_editor[0].value.to_numpy().astype(np.float32)

    assert np.array_equal(table(), found)
    assert "Nothing changed yet." in text(app)
    for button, expected in (
        ("flip", -found),
        ("mirror", -found[:, ::-1]),
        ("zero", 0 * found),
        ("back", found),
    ):
        well(widget(app.button, f"cnn_kernel_{button}").click().run())
        assert np.array_equal(table(), expected)
        assert ("1 kernel rewritten" in text(app)) == (not np.array_equal(expected, found))
    key = app.data_editor[0].key
    assert well(app.run()).data_editor[0].key == key  # the same table as long as it is on the screen
    app.session_state[key] = {"edited_rows": {0: {"0": 40.0}}, "added_rows": [], "deleted_rows": []}
    well(app.run())
    assert "1 kernel rewritten" in text(app)
    with torch.no_grad():
        twin = deepcopy(trained.model)
        twin.layers.conv1.weight[0, 0, 0, 0] = 40.0
        answer = int(twin(mnist.test.images[4][None]).argmax())
    assert f"**{answer}** (" in next(m.value for m in app.markdown if m.value.startswith("The picture"))
    for operation in (surgery.OFF, surgery.KERNEL):  # and while the table is not on the screen
        well(app.segmented_control(key="cnn_change_operation").set_value(operation).run())
    assert table()[0, 0] == 40.0
    assert "1 kernel rewritten" in text(app)
    if config.channels[0] > 1:  # what was rewritten stays while another kernel is looked at
        well(widget(app.number_input, "cnn_kernel_to").set_value(1).run())
        assert "1 kernel rewritten" in text(app)
        well(widget(app.number_input, "cnn_kernel_to").set_value(0).run())
        assert table()[0, 0] == 40.0
        well(widget(app.number_input, "cnn_kernel_block").set_value(2).run())
        well(widget(app.number_input, "cnn_kernel_from").set_value(1).run())
        assert "1 kernel rewritten" in text(app)
    well(widget(app.button, "cnn_change_undo").click().run())
    assert "Nothing changed yet." in text(app)
    assert metric(app, "Answers changed") == "0"


def test_an_empty_cell_is_asked_for(mnist: Mnist) -> None:
    network = built(CONFIGS["frozen"], mnist, "empty")
    app = part("Change it", network, mnist, cnn_change_operation="Rewrite a kernel")
    key = app.data_editor[0].key
    app.session_state[key] = {"edited_rows": {1: {"1": None}}, "added_rows": [], "deleted_rows": []}
    well(app.run())
    assert "An empty cell has no number" in app.warning[0].value
    assert metric(app, "Answers changed") == "0"


def test_kernel_edits_belong_to_one_network(mnist: Mnist) -> None:
    networks = [built(CONFIGS["frozen"], mnist, "first")]

    state = {"cnn_maps_part": "Change it", "cnn_change_operation": "Rewrite a kernel"}
    app = open_part(lambda: feature_maps(networks[-1], mnist), state=state)
    well(widget(app.button, "cnn_kernel_zero").click().run())
    assert "1 kernel rewritten" in text(app)
    networks.append(built(CONFIGS["frozen"], mnist, "second"))
    assert "Nothing changed yet." in text(well(app.run()))


def test_each_channel_alone(trained: Trained, mnist: Mnist) -> None:
    config = config_of(trained)
    app = part("Change it", trained, mnist)
    blocks = [box for box in app.segmented_control if (box.key or "").startswith("cnn_knock_block")]
    assert bool(blocks) == (len(config.channels) > 1)
    for block in range(1, len(config.channels) + 1):
        if blocks:
            well(widget(app.segmented_control, "cnn_knock_block").set_value(f"act{block}").run())
        for button in [b for b in app.button if b.key == "cnn_knock_go"]:
            well(button.click().run())
        assert "is missed" in text(app)
        assert "Measured on" in text(app)


def test_a_chart_that_takes_long_waits_for_a_click(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.cnn.map_results.QUICK", 0)
    app = part("Change it", built(CONFIGS["builder"], mnist, "slow"), mnist)
    assert "is missed" not in text(app)
    well(widget(app.button, "cnn_knock_go").click().run())
    assert "is missed" in text(app)


def test_a_chart_that_takes_hours_is_not_offered(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.cnn.map_results.ENDLESS", 0)
    app = part("Change it", built(CONFIGS["builder"], mnist, "endless"), mnist)
    assert "thousand million multiplications" in text(app)
    assert not [button for button in app.button if button.key == "cnn_knock_go"]


def test_what_excites_each_channel(trained: Trained, mnist: Mnist) -> None:
    config = config_of(trained)
    app = part("What excites a channel", trained, mnist)
    assert widget(app.selectbox, "cnn_excites_layer").value == f"act{len(config.channels)}"
    for block, count in enumerate(config.channels, start=1):
        well(widget(app.selectbox, "cnn_excites_layer").set_value(f"act{block}").run())
        told = text(app)
        assert "is silent" in told or told.count(" · ") >= 1
        if count > 1:
            well(widget(app.number_input, "cnn_excites_channel").set_value(count - 1).run())
            well(widget(app.button, "cnn_excites_next").click().run())
            assert widget(app.number_input, "cnn_excites_channel").value == 0


def test_the_strongest_image_is_the_strongest(mnist: Mnist) -> None:
    came = shipped_model("cnn-lab")
    app = part("What excites a channel", Trained("strong", "x", came.config, came.model, came.model), mnist)
    with torch.no_grad():
        act = next(out for name, out in came.model.walk(mnist.test.images) if name == "act2")
    values = act[:, 0].amax(dim=(1, 2))
    best = int(values.argmax())
    assert f"a **{int(mnist.test.labels[best])}** · {float(values[best]):.3g}" in text(app)


def test_a_silent_channel_says_so(mnist: Mnist) -> None:
    network = built(CONFIGS["frozen"], mnist, "silent")
    with torch.no_grad():
        network.model.layers.conv1.weight.zero_()
        network.model.layers.conv1.bias.fill_(-1.0)
    assert "Channel 0 of act1 is silent" in text(part("What excites a channel", network, mnist))
    assert "speak for" in text(part("Where it looks", network, mnist))


def test_where_it_looks(trained: Trained, mnist: Mnist) -> None:
    config = config_of(trained)
    app = part("Where it looks", trained, mnist)
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
    assert "has not learnt anything yet" in text(app)
    assert len(map_layers(config)) >= len(widget(app.selectbox, "cnn_looks_layer").options)


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("key", ["empty", "out"])
def test_a_diverged_network_gets_a_sentence(name: str, key: str, mnist: Mnist) -> None:
    network = built(CONFIGS["frozen"], mnist, f"diverged-{key}")
    with torch.no_grad():
        network.model.layers.out.bias.fill_(float("nan" if key == "empty" else "inf"))
    app = part(name, network, mnist)
    assert "are no longer numbers" in app.warning[0].value
    assert not app.metric


@pytest.mark.parametrize("config", [*CONFIGS.values(), CNNConfig()], ids=[*CONFIGS, "default"])
def test_the_code_runs(config: CNNConfig, mnist: Mnist, capsys: pytest.CaptureFixture[str]) -> None:
    layer = f"act{len(config.channels)}"
    names: dict[str, Any] = {
        "torch": torch, "nn": nn, "image": mnist.test.images[4], "images": mnist.test.images[:20],
        "Normalize": lambda mean, std: Normalize(), "mean": 0.1, "std": 0.3,
    }  # fmt: skip
    exec(maps.code(config), names)
    assert "Conv2d" in capsys.readouterr().out
    exec(network_code(config), names)
    names["network"].eval()
    names["x"] = mnist.test.images[4].reshape(1, 784)
    before = names["network"](names["x"])
    exec(surgery.code(config), names)
    hooked = [type(la).__name__ for la in names["edited"] if la._forward_hooks]
    assert len(hooked) == 1
    assert hooked[0] in ("ReLU", "Tanh")
    assert torch.equal(names["network"](names["x"]), before)
    exec(excites.code(config, layer, 0), names)
    assert "rows" in capsys.readouterr().out
    exec(attention.code(config, layer, 3), names)
    assert names["saliency"].shape == (28, 28)
    shape = next(la.shape for la in config.layers() if la.name == layer)
    assert tuple(names["heat"].shape) == (1, *shape[1:])
