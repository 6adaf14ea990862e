"""The tab "Robustness" in Streamlit's harness: every control, every kind of network."""

from typing import TYPE_CHECKING, Any

import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from core.config.run import CNNConfig, RunConfig, TrainConfig
from core.data import Mnist
from core.lessons.cnn.transforms import TRANSFORMS
from core.models import build_module
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn import robustness_curves
from pages.ui.cnn.robustness import CURVES_PART, MAPS_PART, robustness
from tests.pages.harness import left_alone, open_part, part_of, shipped, text, well, widget

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("bundled_only", "quick")
CONFIGS = {
    "one channel, strided": CNNConfig(
        channels=(1,), kernels=(11,), strides=(4,), paddings=(10,), pools=("none",), hidden=()
    ),
    "six blocks": CNNConfig(
        channels=(2, 3, 4, 5, 6, 7),
        kernels=(3,) * 6,
        strides=(1,) * 6,
        paddings=(1,) * 6,
        pools=("max", "average", "none", "none", "max", "none"),
        batch_norm=True,
        normalize=True,
        activation="tanh",
        dropout=0.3,
        frozen=True,
    ),
    "many channels": CNNConfig(channels=(256,), kernels=(3,), strides=(2,), paddings=(0,), pools=("max",), hidden=()),
}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few images and all points at once: nothing looks again by itself in this harness."""
    monkeypatch.setattr(robustness_curves, "SAMPLE", 20)
    monkeypatch.setattr(robustness_curves, "FEWEST", 20)
    monkeypatch.setattr(robustness_curves, "PATIENCE", 60.0)


def tab(trained: TrainedNetwork, mnist: Mnist) -> AppTest:
    return well(open_part(robustness, trained, mnist).run())


def fresh(config: CNNConfig, name: str, weight: float = 0.0) -> TrainedNetwork:
    run = RunConfig("test", config, TrainConfig())
    model = build_module(config).eval()
    with torch.no_grad():
        next(model.parameters()).add_(weight)
    return TrainedNetwork(model, run, "file", f"test-{name}", title="a test", start=model)


@pytest.fixture
def untouched(mnist: Mnist) -> "Iterator[TrainedNetwork]":
    trained = shipped("cnn-lab")
    with left_alone(mnist, trained.model):
        yield trained


def test_first_view_shows_claim_measurement_and_every_network(untouched: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(untouched, mnist)
    assert "The lab report says" in text(app)
    assert "Relative change of the feature maps" in text(app)
    well(app.segmented_control(key="cnn_shake_part").set_value(CURVES_PART).run().run())
    said = text(app)
    assert "At 3 pixels to the left" in said
    for name in robustness_curves.LINEUP:
        assert f"{name} **" in said
    assert "20 of the 1,000 bundled test images, evenly spaced" in said
    assert robustness_curves.THIS not in said, "a shipped network is in the chart once"


@pytest.mark.long
def test_every_change_from_end_to_end(untouched: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(untouched, mnist)
    for name, transform in TRANSFORMS.items():
        well(app.selectbox(key="cnn_shake_how").set_value(transform.title).run())
        for value in (transform.low, transform.none):
            well(app.slider(key=f"cnn_shake_{name}").set_value(value).run())
        assert ("The lab report says" not in text(app)) or name.startswith("shift")
        has_switch = any(toggle.key == "cnn_shake_back" for toggle in app.toggle)
        assert has_switch == name.startswith("shift")


def test_shifting_back_shows_where_the_maps_only_moved(untouched: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(untouched, mnist)
    well(app.toggle(key="cnn_shake_back").set_value(True).run())
    assert "relative change 0%" in text(app)
    assert "Shifted back, conv1, act1 did not change:" in text(app)
    layer = widget(app.selectbox, "cnn_shake_layer")
    well(layer.set_value("pool1").run())
    assert "3 is not a multiple of 2" in text(app)
    well(app.slider(key="cnn_shake_shift-across").set_value(-4).run())
    assert "Shifted back, conv1, act1, pool1, conv2, act2, pool2 did not change:" in text(app)
    assert "relative change 0%" in text(app)


def test_other_pictures_and_all_test_images(untouched: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(untouched, mnist)
    before = text(app)
    well(widget(app.number_input, "cnn_shake_index").set_value(7).run())
    assert text(app) != before
    well(app.segmented_control(key="cnn_shake_subject").set_value("my own drawing").run())
    assert "Until you draw" in text(app)


def test_all_images(untouched: TrainedNetwork, mnist: Mnist) -> None:
    few = Mnist(mnist.source, mnist.size, mnist.train, mnist.test.take(slice(0, 50)))
    app = tab(untouched, few)
    well(app.segmented_control(key="cnn_shake_part").set_value(CURVES_PART).run())
    well(app.toggle(key="cnn_shake_all_small").set_value(True).run().run())
    assert "On the 50 bundled test images." in text(app)


@pytest.mark.long
@pytest.mark.parametrize("name", CONFIGS)
def test_any_network_from_the_builder(name: str, mnist: Mnist) -> None:
    app = tab(fresh(CONFIGS[name], name), mnist)
    well(app.segmented_control(key="cnn_shake_part").set_value(CURVES_PART).run().run())
    assert f"{robustness_curves.THIS} **" in text(app)
    well(app.segmented_control(key="cnn_shake_part").set_value(MAPS_PART).run())
    well(app.toggle(key="cnn_shake_back").set_value(True).run())
    layer = widget(app.selectbox, "cnn_shake_layer")
    for option in layer.options:
        well(widget(app.selectbox, "cnn_shake_layer").set_value(option).run())
    well(app.slider(key="cnn_shake_shift-across").set_value(8).run())


def test_a_diverged_network_gets_a_sentence(mnist: Mnist) -> None:
    broken = fresh(CONFIGS["one channel, strided"], "broken", float("nan"))
    assert "NaN or infinite" in text(tab(broken, mnist))


def test_what_cannot_be_measured_is_told_and_not_tried_for_ever(
    untouched: TrainedNetwork, mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def broken(*_: object) -> None:
        tries.append(1)
        raise ValueError("no")

    st.cache_resource.clear()
    monkeypatch.setattr(robustness_curves, "_measure", broken)
    app = part_of(robustness, untouched, mnist, address={"cnn_shake_part": CURVES_PART}).run()
    assert not app.exception
    assert any("Something went wrong" in error.value for error in app.error)
    assert len(tries) == 2  # the second time without a clock
    assert app.session_state[robustness_curves.FAILED]


def test_a_large_network_gets_a_smaller_sample(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robustness_curves, "SAMPLE", 400)
    monkeypatch.setattr(robustness_curves, "WORK", 1e6)
    assert robustness_curves.sample_size(shipped("cnn-lab"), mnist) == robustness_curves.FEWEST


def test_sentences_follow_from_the_intervals() -> None:
    from core.models.evaluation import Score

    good, bad = Score(1000, 900, 0.1), Score(1000, 500, 0.1)
    better, worse, alike = (
        robustness_curves.gained("a", ours, "b", theirs)
        for ours, theirs in ((good, bad), (bad, good), (good, Score(1000, 905, 0.1)))
    )
    assert "help here: best against best, a is 40.0 percentage points more accurate than b" in better
    assert "do not help here: best against best, a is 40.0 percentage points less accurate than b" in worse
    assert "No clear difference" in alike


def test_the_code_runs(mnist: Mnist) -> None:
    from pages.ui.cnn.robustness import CODE

    scope: dict[str, Any] = {"torch": torch, "test_images": mnist.test.images, "model": shipped("cnn-lab").model}
    with torch.no_grad():
        exec(CODE, scope)
    assert scope["change"] > 0.5
    assert scope["aligned"] < 1e-4
