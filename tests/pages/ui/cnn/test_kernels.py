"""The tab "Kernels" in Streamlit's own harness, over shipped networks and odd ones."""

import copy
from dataclasses import replace
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.config.run import CNNConfig, RunConfig, TrainConfig
from core.data import Mnist
from core.models import build_module
from core.models.evaluation import evaluate
from core.models.trained_network import TrainedNetwork, rebuild
from core.storage.checkpoints import SHIPPED
from core.storage.weight_history import Frame, WeightHistory, as_kept
from pages.ui.cnn import kernel_stage, weight_history
from pages.ui.cnn import kernels as tab
from pages.ui.kit.network.network_picker import weight_history_beside
from pages.ui.kit.shell.cache import shipped_model
from tests.pages.harness import captions, markdown, metric, open_part, well

pytestmark = pytest.mark.usefixtures("bundled_only")


def over(network: TrainedNetwork, mnist: Mnist, **parameters: str) -> AppTest:
    return open_part(tab.kernels, network, mnist, address=parameters)


def lab(name: str = "cnn-lab") -> TrainedNetwork:
    ours = shipped_model(name)
    weight_history = weight_history_beside(SHIPPED / f"{name}.safetensors", 0.0, ours)
    return TrainedNetwork(
        ours.model, ours.config, "shipped", name, title="a test", start=ours.model, weight_history=weight_history
    )


def small(key: str, weight_history: bool = True, frozen: bool = False, **layers: Any) -> TrainedNetwork:
    """An untrained network whose weights grow by a tenth an epoch, twice."""
    sizes: dict[str, Any] = {
        "channels": (3,),
        "kernels": (3,),
        "strides": (1,),
        "paddings": (1,),
        "pools": ("max",),
        "hidden": (),
    }
    run = RunConfig("test", CNNConfig(**(sizes | layers), frozen=frozen), TrainConfig(epochs=2))
    start = build_module(run.model).eval()
    frames = []
    for epoch in range(3):
        weights = {name: tensor.clone() for name, tensor in start.state_dict().items()}
        for name, tensor in weights.items():
            if tensor.is_floating_point() and not (frozen and "conv" in name):
                tensor *= 1 + epoch / 10
        frames.append(Frame(float(epoch), weights))
    model = rebuild(run, frames[-1].weights)
    kept: WeightHistory = tuple(frames) if weight_history else ()
    return TrainedNetwork(
        model, run, "file", f"test:{key}:{run.model}", title="a test", start=start, weight_history=kept
    )


def slider(app: AppTest) -> Any:
    (found,) = app.select_slider
    return found


def test_the_slider_moves_accuracy_answer_and_distance(mnist: Mnist) -> None:
    network = lab()
    app = over(network, mnist)
    assert slider(app).value == "20"
    last = metric(app, "Test accuracy")
    for epoch in (0, 2):
        well(slider(app).set_value(str(epoch)).run())
        model = rebuild(network.config, dict(network.weight_history[epoch].weights))
        score = evaluate(model, mnist.test)
        assert metric(app, "Test accuracy") == f"{score.accuracy:.2%}"
        low, high = score.ci95
        assert metric(app, "95% interval") == f"{low:.1%} to {high:.1%}"
        assert metric(app, "Test accuracy") != last
        read = int(model(mnist.test.images[4:5]).argmax())
        assert f"Prediction: {read}" in markdown(app)
        w, start = (network.weight_history[at].weights["layers.conv2.weight"] for at in (epoch, 0))
        assert f"since initialization: {float((w - start).norm() / start.norm()):.0%}" in captions(app)


def test_a_link_opens_an_epoch(mnist: Mnist) -> None:
    app = over(lab(), mnist, cnn_epoch_of_20="3", cnn_kernels_what=tab.CHANGE)
    assert slider(app).value == "3"
    assert "Change of the kernels of conv2" in markdown(app)


def test_what_eight_bits_cost_is_measured(mnist: Mnist) -> None:
    network = lab()
    assert "8 bits" not in captions(over(network, mnist))  # the last moment is the network itself
    app = over(network, mnist, cnn_epoch_of_20="3")
    rounded = rebuild(network.config, as_kept(network.model.state_dict()))
    kept, itself = (evaluate(model, mnist.test).accuracy for model in (rounded, network.model))
    assert "in 8 bits" in captions(app)
    told = "changes nothing" if kept == itself else f"is {100 * kept:.2f}% instead of {100 * itself:.2f}%"
    assert told in captions(app)
    exact = over(small("exact"), mnist)
    assert "8 bits" not in captions(exact)


def test_without_a_film_there_are_two_moments(mnist: Mnist) -> None:
    app = over(small("none", weight_history=False), mnist)
    assert slider(app).options == [weight_history.START, weight_history.NOW]
    well(slider(app).set_value(weight_history.START).run())
    assert "since initialization: 0%" in captions(app)
    assert "kept no weight history" in captions(app)


def test_a_run_ahead_of_its_film_has_a_now(mnist: Mnist) -> None:
    network = small("ahead")
    network = replace(network, title="", weight_history=network.weight_history[:-1])
    app = over(network, mnist)
    assert slider(app).options == ["0", "1", weight_history.NOW]
    assert "since initialization: 20%" in captions(app)


def test_uneven_epochs_have_a_slider_of_their_own(mnist: Mnist) -> None:
    network = small("uneven")
    weight_history = tuple(
        Frame(epoch, f.weights) for epoch, f in zip((0.0, 0.5, 4.25), network.weight_history, strict=True)
    )
    app = over(replace(network, title="", weight_history=weight_history), mnist)
    assert slider(app).options == ["0", "0.5", "4.25"]
    assert slider(app).key.startswith("cnn_epoch_")
    assert "of" not in slider(app).key


def test_frozen_kernels_did_not_move(mnist: Mnist) -> None:
    app = over(small("frozen", frozen=True), mnist)
    assert "No change: this network" in captions(app)


def test_a_wide_layer_is_shown_in_parts(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight_history, "WORK", 5e7)
    two: dict[str, Any] = {
        "channels": (20, 33),
        "kernels": (3, 1),
        "strides": (4, 1),
        "paddings": (0, 0),
        "pools": ("none",) * 2,
    }
    network = small("wide", **two)
    app = over(network, mnist)
    assert "128 of 660, 1 × 1 each" in markdown(app)
    assert "the first 16 of 33 maps" in captions(app)
    count = len(weight_history.sample(network, mnist))
    assert count < 1000
    assert f"{count} of the 1,000 bundled test images (evenly spaced)" in captions(app)
    parts = {box.label: box for box in app.selectbox}
    assert parts["Input channels"].options == ["0 to 7", "8 to 15", "16 to 19"]
    well(parts["Input channels"].set_value("16 to 19").run())
    well({box.label: box for box in app.selectbox}["Output channels"].set_value("32 to 32").run())
    assert "4 of 660" in markdown(app)


def test_a_moment_without_numbers_is_a_sentence(mnist: Mnist) -> None:
    network = small("gone")
    weights = {name: tensor.clone() for name, tensor in network.weight_history[1].weights.items()}
    weights["layers.conv1.weight"].fill_(float("nan"))
    weight_history = (network.weight_history[0], Frame(1.0, weights), network.weight_history[2])
    app = over(replace(network, title="", weight_history=weight_history), mnist)
    well(slider(app).set_value("1").run())
    assert any("are NaN" in warning.value for warning in app.warning)
    assert "nan" not in captions(app) + markdown(app)
    well(slider(app).set_value("0").run())
    assert "full color at ±0" in captions(app)  # the other moments keep their colors


@pytest.mark.long
def test_play_runs_to_the_end_and_can_be_paused(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_stage, "PACE", 1000.0)  # stands still, however slow the machine
    app = over(lab("cnn-bn"), mnist)
    button = lambda: next(b for b in app.button if b.key == "cnn_kernels_play")  # noqa: E731
    assert button().label == "Play"
    well(button().click().run())
    assert slider(app).value == "0"  # from the start, and it stands for a while
    assert button().label == "Pause"
    well(app.run())
    assert slider(app).value == "0"
    monkeypatch.setattr(kernel_stage, "PACE", 0.0)
    well(app.run())
    assert slider(app).value == "1"
    well(button().click().run())
    assert button().label == "Play"
    well(app.run())
    assert slider(app).value == "1"
    assert kernel_stage.PLAY not in app.session_state
    well(button().click().run())  # goes on from here
    assert slider(app).value == "2"
    for _ in range(6):
        well(app.run())
    assert slider(app).value == "5"
    assert button().label == "Play"
    assert kernel_stage.PLAY not in app.session_state


def test_a_hand_on_the_slider_stops_the_play_and_a_late_answer_does_not(
    mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel_stage, "PACE", 1000.0)  # stands still, however slow the machine
    app = over(lab("cnn-bn"), mnist)
    button = lambda: next(b for b in app.button if b.key == "cnn_kernels_play")  # noqa: E731
    well(button().click().run())
    well(slider(app).set_value("5").run())  # what the browser showed before the play began
    assert slider(app).value == "0"
    assert button().label == "Pause"
    well(slider(app).set_value("3").run())
    assert slider(app).value == "3"
    assert button().label == "Play"
    monkeypatch.setattr(kernel_stage, "PACE", 0.0)
    well(app.run())
    assert slider(app).value == "3"


def test_the_code_shown_runs() -> None:
    images, labels = torch.rand(5, 1, 28, 28), torch.arange(5)
    layers = torch.nn.Module()
    layers.layers = torch.nn.ModuleDict({"conv2": torch.nn.Conv2d(1, 2, 3)})
    layers.forward = lambda x: layers.layers["conv2"](x).flatten(1)  # type: ignore[method-assign]

    def train_one_epoch(network: torch.nn.Module) -> None:
        with torch.no_grad():
            network.layers["conv2"].weight.add_(0.1)

    space: dict[str, Any] = {
        "copy": copy,
        "model": layers,
        "epochs": 3,
        "train_one_epoch": train_one_epoch,
        "test_images": images,
        "labels": labels,
    }
    exec(tab.CODE, space)
    assert float(space["change"]) > 0
